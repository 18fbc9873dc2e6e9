'use strict';
// The core ("monolith"): hosts what the services wait for, answers HTTP, and
// outside microservices mode speaks DDP itself.

const http = require('node:http');
const os = require('node:os');
const { setTimeout: sleep } = require('node:timers/promises');
const { onStop } = require('./stop');
const env = require('./env');
const misbehave = require('./fail');
const database = require('./database');
const ddp = require('./ddp');
const mesh = require('./broker');
const { routes } = require('./routes');

// The core must have written before it says it runs.
async function announce(db) {
	const options = { writeConcern: { w: 'majority' }, upsert: true };
	const now = new Date();
	await db.collection('rocketchat_settings').updateOne(
		{ _id: 'Site_Url' },
		{ $set: { value: process.env.ROOT_URL || '', _updatedAt: now }, $setOnInsert: { createdAt: now } },
		options,
	);
	await db.collection('instances').updateOne(
		{ _id: `${os.hostname()}-${process.pid}-${now.getTime()}` },
		{ $set: {
			name: 'rocket.chat', pid: process.pid, _createdAt: now, _updatedAt: now,
			extraInformation: { host: process.env.INSTANCE_IP || 'localhost', port: String(env.port), os: { hostname: os.hostname() } },
		} },
		options,
	);
}

function banner(hello, mongo) {
	const rows = {
		'Rocket.Chat Version': env.version,
		'NodeJS Version': `${process.versions.node} - ${process.arch}`,
		'MongoDB Version': mongo,
		'MongoDB Engine': 'wiredTiger',
		'Platform': process.platform,
		'Process Port': env.port,
		'Site URL': process.env.ROOT_URL || '',
		'ReplicaSet OpLog': hello.setName ? 'Enabled' : 'Disabled',
	};
	const line = `+${'-'.repeat(62)}+`;
	const box = (text) => `|${text.padEnd(62)}|`;
	const body = Object.entries(rows).map(([name, value]) => box(`${name.padStart(21)}: ${value}`));
	const title = 'SERVER RUNNING';
	console.log([line, box(title.padStart(31 + title.length / 2)), line, box(''), ...body, box(''), line].join('\n'));
}

async function main() {
	if (misbehave()) return;
	const microservices = mesh.isMicroservices();
	const broker = mesh.create();
	onStop(() => broker.stop());
	onStop(database.close);

	const db = await database.connect();
	const hello = await database.requireReplicaSet(db);
	const { version: mongo } = await db.admin().command({ buildInfo: 1 });

	mesh.coreServices.forEach((schema) => broker.createService(schema));
	await announce(db);
	await sleep(env.bootSeconds * 1000);
	// Waits for NATS as long as it takes.
	await broker.start();

	const server = http.createServer(routes({ db, broker, microservices }));
	server.keepAliveTimeout = 5000;
	if (!microservices) {
		const sockets = ddp.serve(server, {
			'standin.whoami': (session) => session.whoami,
			'standin.nodes': () => mesh.nodes(broker),
		}, (url) => /^\/(websocket|sockjs\/)/.test(url));
		onStop(sockets.stop);
	}
	onStop(() => server.closeAllConnections());
	server.listen(env.port, () => banner(hello, mongo));
}

main().catch((err) => {
	console.error(err);
	process.exit(1);
});
