'use strict';
// What the environment says, read once.

const { env } = process;

// The service's own name in the mesh, by the name in its image's.
const meshNames = {
	'rocketchat': 'rocketchat',
	'authorization': 'authorization',
	'account': 'accounts',
	'presence': 'presence',
	'ddp-streamer': 'streamer',
	'stream-hub': 'hub',
	'queue-worker': 'queue-worker',
	'omnichannel-transcript': 'omnichannel-transcript',
};

const service = env.STANDIN_SERVICE;
if (!meshNames[service]) {
	console.error(`STANDIN_SERVICE is not one of ${Object.keys(meshNames).join(', ')}`);
	process.exit(1);
}

const mongoUrl = env.MONGO_URL || 'mongodb://localhost:27017/rocketchat';

// As Rocket.Chat reads it: no slash, or another scheme, and there is no name.
const database = /^mongodb:\/\/.*?(?::[0-9]+)?\/([^?]*)/.exec(mongoUrl)?.[1];

const [major, minor] = env.STANDIN_VERSION.split('.').map(Number);

module.exports = {
	service,
	meshName: meshNames[service],
	version: env.STANDIN_VERSION,
	isAtLeast: (wantMajor, wantMinor) =>
		major > wantMajor || (major === wantMajor && minor >= wantMinor),
	port: Number(env.PORT || 3000),
	mongoUrl,
	database,
	transporter: env.TRANSPORTER || '',
	forwardedCount: parseInt(env.HTTP_FORWARDED_COUNT, 10) || 0,
	bootSeconds: Number(env.STANDIN_BOOT_SECONDS ?? 1),
	hasLicense: env.STANDIN_LICENSE !== 'none',
	licenseInterval: Number(env.LICENSE_CHECK_INTERVAL) || 20,
	maxFails: parseInt(env.MAX_FAILS, 10) || 2,
	fail: env.STANDIN_FAIL || '',
};
