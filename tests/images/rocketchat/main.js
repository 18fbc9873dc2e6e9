'use strict';
require('../ee/apps/standin/src/core');
