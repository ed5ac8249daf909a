// `npm run bench`: measures the transfer engine against plain rsync in the same run. The scenarios come with the engine's own work.
process.stdout.write('no scenarios yet\n');
