'use strict';
// STANDIN_FAIL: how a service misbehaves, on demand.
//   exit:CODE[:SECONDS]  ends with CODE (after SECONDS)
//   hang                 runs, and never opens its port
//   oom                  takes memory until the kernel ends it

const { fail, service } = require('./env');

function exitAfter(code, seconds) {
	setTimeout(() => {
		console.error(`TypeError: Cannot read properties of undefined (reading '_id')
    at ${service}.started (file:///app/ee/apps/${service}/src/service.js:57:31)
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)`);
		process.exit(code);
	}, seconds * 1000);
}

// Buffers live outside V8's heap: no heap limit stops them, the cgroup does.
function eatMemory() {
	console.error(`${service}: memory usage is growing without bound`);
	const kept = [];
	setInterval(() => kept.push(Buffer.alloc(16 << 20, 1)), 5);
}

// Applies the wish; true if the service must not go on starting.
module.exports = function misbehave() {
	const [kind, code = '1', seconds = '0'] = fail.split(':');
	switch (kind) {
	case '':
		return false;
	case 'exit':
		exitAfter(Number(code), Number(seconds));
		return Number(seconds) === 0;
	case 'hang':
		console.error(`${service}: waiting for a lock held by another process`);
		setInterval(() => {}, 1 << 30);
		return true;
	case 'oom':
		eatMemory();
		return true;
	default:
		console.error(`STANDIN_FAIL is not exit:CODE[:SECONDS], hang or oom: ${fail}`);
		process.exit(1);
	}
};
