'use strict';
// A microservice: MongoDB, then NATS, then what it depends on, then its port.
// Connection refused therefore means "still starting".

const http = require('node:http');
const { onStop } = require('./stop');
const env = require('./env');
const misbehave = require('./fail');
const database = require('./database');
const mesh = require('./broker');

// Moleculer names, all of them hosted elsewhere.
const dependencies = ['settings', 'license'];
if (env.service === 'omnichannel-transcript') dependencies.push('queue-worker');

const actions = {
	ping: () => 'pong',
};

async function health(broker, res) {
	try {
		await broker.call('$node.list');
		res.end('ok');
	} catch (err) {
		console.error('Service not healthy', err);
		res.writeHead(500).end('not healthy');
	}
}

async function main() {
	if (misbehave()) return;
	const broker = mesh.isMicroservices() ? mesh.create() : null;
	if (!broker) throw new Error('invalid transporter');
	onStop(() => broker.stop());
	onStop(database.close);

	await database.connect();
	broker.createService({ name: env.meshName, actions, mixins: [mesh.licenseCheck()] });
	await broker.start();
	await broker.waitForServices(dependencies, 0, 100);

	const isStreamer = env.service === 'ddp-streamer';
	const server = http.createServer((req, res) => {
		if (req.url === '/health') return health(broker, res);
		if (!isStreamer) return res.writeHead(404).end('Not Found');
		res.setHeader('Access-Control-Allow-Origin', '*');
		res.setHeader('Content-Type', 'application/json');
		res.end(require('./ddp').info(true));
	});
	if (isStreamer) {
		const ddp = require('./ddp').serve(server, {
			'standin.whoami': (session) => session.whoami,
			'standin.nodes': () => mesh.nodes(broker),
		});
		onStop(ddp.stop);
	}
	server.listen(env.port, () => console.log(`${env.service} ${env.version} listening on ${env.port}`));
	onStop(() => server.closeAllConnections());
}

main().catch((err) => {
	console.error(err);
	process.exit(1);
});
