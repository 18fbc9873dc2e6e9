'use strict';
// MongoDB, with the real driver and Rocket.Chat's own ways to fail.

const { MongoClient } = require('mongodb');
const { mongoUrl, database } = require('./env');

let client;

// Gives the database, or ends the process: neither the core nor a service of
// Rocket.Chat outlives a driver that found no server in time.
async function connect() {
	try {
		client = await new MongoClient(mongoUrl).connect();
		return client.db(database);
	} catch (err) {
		console.error(err);
		process.exit(1);
	}
}

// What the core refuses to start without: change streams and transactions
// need a replica set.
async function requireReplicaSet(db) {
	const hello = await db.admin().command({ hello: 1 });
	if (!hello.setName) {
		console.error(`+--------------------------------------------------------------+
|                         SERVER ERROR                         |
+--------------------------------------------------------------+
|                                                              |
|  Error: $changeStream is only supported on replica sets      |
|  The MongoDB server is not a member of a replica set.        |
|                                                              |
+--------------------------------------------------------------+`);
		process.exit(1);
	}
	return hello;
}

async function close() {
	await client?.close();
}

module.exports = { connect, requireReplicaSet, close };
