/* Does nothing, cheaply, until it is told to stop: for tests of scale. */
#include <signal.h>
#include <unistd.h>

static void on_stop(int sig)
{
	(void)sig;
	_exit(0);
}

int main(void)
{
	/* As PID 1 the default action of a signal is to be ignored. */
	signal(SIGTERM, on_stop);
	signal(SIGINT, on_stop);
	for (;;)
		pause();
}
