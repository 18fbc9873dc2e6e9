'use strict';
// SIGTERM and SIGINT end the process at once and with 0, as moleculer's own
// handler does; the steps run in the order they were added.

const steps = [];
let leaving = false;

async function leave() {
	if (leaving) return;
	leaving = true;
	// Nobody waits longer than this for a peer that does not answer.
	setTimeout(() => process.exit(0), 3000).unref();
	for (const step of steps) await Promise.resolve().then(step).catch(() => {});
	process.exit(0);
}

process.on('SIGTERM', leave);
process.on('SIGINT', leave);

module.exports = { onStop: (step) => steps.push(step) };
