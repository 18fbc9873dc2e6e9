// Run once in the MongoDB container by mongosh (or the older mongo): waits for
// the server, initiates the replica set with the stack's own member host,
// repairs a host from an earlier life, and ends when there is a primary.
// Before it stand: setName, member, limitMs. Lines it prints after "liftoff: "
// are shown to the person at the terminal.
var deadline = Date.now() + limitMs;
var url = 'mongodb://127.0.0.1:27017/?directConnection=true&serverSelectionTimeoutMS=500';
var why = 'no answer yet';
var told = '';
var admin = null;

function say(text) {
	print('liftoff: ' + text);
}

function run(command) {
	try {
		return admin.runCommand(command);
	} catch (error) {
		// mongosh throws where mongo returns the answer
		return { ok: 0, code: error.code, errmsg: String(error.message || error) };
	}
}

function connect() {
	try {
		admin = new Mongo(url).getDB('admin');
		return admin.runCommand({ ping: 1 }).ok === 1;
	} catch (error) {
		why = String(error.message || error);
		admin = null;
		return false;
	}
}

function storedConfig() {
	return admin.getSiblingDB('local').getCollection('system.replset').findOne();
}

function initiate() {
	var answer = run({ replSetInitiate: { _id: setName, members: [{ _id: 0, host: member }] } });
	if (answer.ok === 1) {
		say('initiated replica set ' + setName + ' with member ' + member);
	} else {
		why = 'replSetInitiate: ' + answer.errmsg;
	}
}

// The one member this stack has, under the name its network gives it.
function repair(config) {
	var hosts = config.members.map(function (one) {
		return one.host;
	});
	var wanted = {
		_id: setName,
		version: config.version + 1,
		members: [{ _id: config.members[0]._id, host: member }],
	};
	if (config.settings && config.settings.replicaSetId) {
		wanted.settings = { replicaSetId: config.settings.replicaSetId };
	}
	if (config.protocolVersion) {
		wanted.protocolVersion = config.protocolVersion;
	}
	var answer = run({ replSetReconfig: wanted, force: true });
	if (answer.ok === 1) {
		say('repaired replica set ' + setName + ': its member was ' + hosts.join(', ') +
			', now ' + member);
	} else {
		why = 'replSetReconfig: ' + answer.errmsg;
	}
}

function isOurs(config) {
	return config.members.length === 1 && config.members[0].host === member;
}

// True once this server is the primary of the right set under the right name.
function step() {
	if (!admin && !connect()) {
		return false;
	}
	var hello = run({ hello: 1 });
	if (hello.ok !== 1) {
		hello = run({ isMaster: 1 });
	}
	if (hello.ok !== 1) {
		why = String(hello.errmsg);
		admin = null;
		return false;
	}
	var config = storedConfig();
	if (!config) {
		initiate();
		return false;
	}
	if (config._id !== setName) {
		say('the data in this volume belongs to replica set ' + config._id + ', not ' +
			setName + '; set [mongodb] replica_set = ' + config._id);
		quit(3);
	}
	if (!isOurs(config)) {
		repair(config);
		return false;
	}
	why = 'no primary yet';
	return hello.isWritablePrimary === true || hello.ismaster === true;
}

function attempt() {
	try {
		return step();
	} catch (error) {
		why = String(error.message || error);
		admin = null;
		return false;
	}
}

while (!attempt()) {
	if (why !== told) {
		say('waiting: ' + why);
		told = why;
	}
	if (Date.now() > deadline) {
		say('gave up: ' + why);
		quit(4);
	}
	sleep(50);
}
say('primary');
