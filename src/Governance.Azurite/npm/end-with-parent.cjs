// Preloaded into the emulator: its standard input is a pipe whose other end the parent holds and never writes to.
// When the parent ends in whatever way, kill -9 included, the pipe closes and so does the emulator.
'use strict';
process.stdin.resume();
process.stdin.on('error', () => process.exit(0));
process.stdin.on('end', () => process.exit(0));
