'use strict';
// The core's HTTP: health as each version has it, and windows for the tests.

const os = require('node:os');
const ddp = require('./ddp');
const env = require('./env');
const mesh = require('./broker');

function json(res, status, body) {
	res.writeHead(status, { 'Content-Type': 'application/json' });
	res.end(JSON.stringify(body));
}

async function readiness({ db }, res) {
	try {
		await db.command({ ping: 1 });
		json(res, 200, { status: 'ok' });
	} catch (err) {
		console.error(err);
		json(res, 503, { status: 'error' });
	}
}

// Before 7.11 a text, from 7.11 on JSON and two more endpoints.
const oldHealth = {
	'/health': (core, req, res) => res.end('ok'),
};
const newHealth = {
	'/health': (core, req, res) => json(res, 200, { status: 'ok' }),
	'/livez': (core, req, res) => readiness(core, res),
	'/readyz': (core, req, res) => readiness(core, res),
};

const paths = {
	...(env.isAtLeast(7, 11) ? newHealth : oldHealth),

	'/api/info': (core, req, res) => json(res, 200, { version: env.version, success: true }),

	// Names alone: a test can check what was set without a secret in its log.
	'/api/standin/echo': (core, req, res) => json(res, 200, {
		hostname: os.hostname(),
		method: req.method,
		url: req.url,
		headers: req.headers,
		remoteAddress: req.socket.remoteAddress,
		clientAddress: ddp.clientAddress(req) ?? null,
		environment: Object.keys(process.env).sort(),
	}),

	'/api/standin/nodes': async ({ broker }, req, res) => json(res, 200, await mesh.nodes(broker)),

	'/': (core, req, res) => {
		res.setHeader('Content-Type', 'text/html; charset=utf-8');
		res.end(`<!DOCTYPE html>\n<title>Rocket.Chat</title>\n<h1>Rocket.Chat ${env.version} (stand-in)</h1>\n`);
	},
};

function routes(core) {
	return async (req, res) => {
		const path = req.url.split('?')[0];
		try {
			if (paths[path]) return await paths[path](core, req, res);
			if (!core.microservices && path === '/sockjs/info') {
				res.setHeader('Content-Type', 'application/json');
				return res.end(ddp.info(false));
			}
			json(res, 404, { success: false, error: 'not found' });
		} catch (err) {
			console.error(err);
			json(res, 500, { success: false, error: err.message });
		}
	};
}

module.exports = { routes };
