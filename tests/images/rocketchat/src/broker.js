'use strict';
// The mesh: a real moleculer broker over NATS, set up as Rocket.Chat's is.

const os = require('node:os');
const EJSON = require('ejson');
const { ServiceBroker, Serializers } = require('moleculer');
const { transporter, hasLicense, licenseInterval, maxFails, meshName } = require('./env');

class EJSONSerializer extends Serializers.Base {
	serialize(object) {
		return Buffer.from(EJSON.stringify(object));
	}

	deserialize(buffer) {
		return EJSON.parse(buffer.toString());
	}
}

// Microservices mode, several cores ("monolith+nats://…") or one alone.
function isMicroservices() {
	return /^(?:nats|TCP)/.test(transporter);
}

function transporterOption() {
	if (!transporter || isMicroservices()) return transporter || null;
	if (/^monolith\+nats/.test(transporter)) return transporter.replace('monolith+', '');
	throw new Error('invalid transporter');
}

function create() {
	const { env } = process;
	return new ServiceBroker({
		namespace: env.MS_NAMESPACE || '',
		nodeID: `${os.hostname()}-${process.pid}-${Date.now().toString(36)}`,
		transporter: transporterOption(),
		serializer: new EJSONSerializer(),
		logLevel: env.MOLECULER_LOG_LEVEL || 'warn',
		heartbeatInterval: Number(env.HEARTBEAT_INTERVAL) || 10,
		heartbeatTimeout: Number(env.HEARTBEAT_TIMEOUT) || 30,
		requestTimeout: (Number(env.REQUEST_TIMEOUT) || 60) * 1000,
		registry: { strategy: env.BALANCE_STRATEGY || 'RoundRobin', preferLocal: true },
		// Ours: the order of leaving is broker, HTTP, database.
		skipProcessEventRegistration: true,
	});
}

// What the mesh knows, as the tests read it.
async function nodes(broker) {
	const list = await broker.call('$node.list', { withServices: true });
	return list.filter((node) => node.available).map((node) => ({
		id: node.id,
		hostname: node.hostname,
		services: node.services.map((s) => s.name).filter((name) => !name.startsWith('$')).sort(),
	}));
}

// Rocket.Chat's rule: without the "scalability" licence there may be one node
// of a service.  The first node in order leaves, until one is left; a check
// that fails counts as a missing licence.
function licenseCheck() {
	let fails = 0;

	async function mustLeave(broker) {
		const services = await broker.call('$node.services', { skipInternal: true });
		const own = services.find((s) => s.name === meshName);
		if (!own) return true;
		const [first, ...others] = [...own.nodes].sort();
		return first === broker.nodeID && (others.length > 0 || services.length === 1);
	}

	async function check(broker) {
		const licensed = await broker
			.call('license.hasValidLicense', ['scalability'])
			.catch(() => false);
		if (licensed) {
			fails = 0;
		} else if (++fails >= maxFails && await mustLeave(broker)) {
			broker.fatal('Enterprise license not found. Shutting down...');
		}
	}

	return {
		started() {
			this.timer = setInterval(() => check(this.broker).catch(() => {}), licenseInterval * 1000);
		},
		stopped() {
			clearInterval(this.timer);
		},
	};
}

// The services of the mesh that the core hosts and the others wait for.
const coreServices = [
	{ name: 'settings', actions: { get: (ctx) => ({ _id: ctx.params[0], value: null }) } },
	{ name: 'license', actions: { hasValidLicense: () => hasLicense } },
	{ name: 'meteor', actions: { getAutoUpdateClientVersions: () => ({}) } },
];

module.exports = { create, isMicroservices, nodes, licenseCheck, coreServices };
