'use strict';
// Meteor's DDP over websockets: raw at exactly /websocket, in SockJS frames at
// any other path, as ddp-streamer does.

const os = require('node:os');
const { randomUUID, randomBytes } = require('node:crypto');
const EJSON = require('ejson');
const { WebSocketServer } = require('ws');
const { forwardedCount, service } = require('./env');

const IDLE_MS = 30000;
const PROTOCOL_ERROR = 1002;

// Counted from the end: whatever comes before the last trusted proxies' own
// entries is the client's invention.
function clientAddress(req) {
	if (forwardedCount === 0) return req.socket.remoteAddress;
	const hops = (req.headers['x-forwarded-for'] || '').split(',').map((hop) => hop.trim());
	return hops[hops.length - forwardedCount] || undefined;
}

class Session {
	constructor(ws, req, methods) {
		this.id = randomUUID();
		this.ws = ws;
		this.framed = req.url !== '/websocket';
		this.methods = methods;
		this.connected = false;
		this.whoami = {
			hostname: os.hostname(),
			service,
			forwardedFor: req.headers['x-forwarded-for'] ?? null,
			remoteAddress: req.socket.remoteAddress,
			clientAddress: clientAddress(req) ?? null,
		};
		if (this.framed) ws.send('o');
		this.send({ msg: 'server_id', server_id: '0' });
		ws.on('message', (data) => this.receive(data.toString()));
		ws.on('close', () => clearTimeout(this.timer));
		ws.on('error', () => ws.close(PROTOCOL_ERROR));
		this.awaitTraffic();
	}

	send(message) {
		const text = EJSON.stringify(message);
		this.ws.send(this.framed ? `a${JSON.stringify([text])}` : text);
	}

	// An idle client is asked for a sign of life, then closed.
	awaitTraffic() {
		clearTimeout(this.timer);
		this.timer = setTimeout(() => {
			if (this.framed) this.ws.send('h');
			this.send({ msg: 'ping' });
			this.timer = setTimeout(() => this.ws.close(4001, 'TIMEOUT'), IDLE_MS);
		}, IDLE_MS);
	}

	receive(text) {
		this.awaitTraffic();
		let packet;
		try {
			packet = EJSON.parse(text.startsWith('[') ? JSON.parse(text)[0] : text);
		} catch {
			return this.ws.close(1003, 'UNSUPPORTED_DATA');
		}
		if (!this.connected && packet.msg !== 'connect') {
			return this.ws.close(PROTOCOL_ERROR, 'CLOSE_PROTOCOL_ERROR');
		}
		switch (packet.msg) {
		case 'connect':
			this.connected = true;
			return this.send({ msg: 'connected', session: this.id });
		case 'ping':
			return this.send({ msg: 'pong', ...(packet.id && { id: packet.id }) });
		case 'method':
			return this.call(packet);
		case 'sub':
			return this.send({ msg: 'nosub', id: packet.id, error: { error: 404 } });
		}
	}

	async call({ id, method, params = [] }) {
		const reply = { msg: 'result', id };
		try {
			if (!this.methods[method]) throw Object.assign(new Error(`Method '${method}' not found`), { code: 404 });
			reply.result = await this.methods[method](this, ...params);
		} catch (err) {
			reply.error = { isClientSafe: true, error: err.code || 500, reason: err.message, errorType: 'Meteor.Error' };
		}
		this.send(reply);
		this.send({ msg: 'updated', methods: [id] });
	}
}

// What any GET of a DDP server answers: SockJS clients ask it for /sockjs/info.
function info(microservices) {
	return JSON.stringify({
		websocket: true,
		origins: ['*:*'],
		cookie_needed: false,
		entropy: randomBytes(4).readUInt32LE(0),
		...(microservices && { ms: true }),
	});
}

// Takes the upgrades of an HTTP server that `accepts` says are DDP's.
function serve(server, methods, accepts = () => true) {
	const wss = new WebSocketServer({ noServer: true });
	server.on('upgrade', (req, socket, head) => {
		if (!accepts(req.url)) return socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
		wss.handleUpgrade(req, socket, head, (ws) => new Session(ws, req, methods));
	});
	return {
		count: () => wss.clients.size,
		stop: () => wss.clients.forEach((ws) => ws.terminate()),
	};
}

module.exports = { serve, info, clientAddress };
