// What programs written with dockerode rely on. DOCKER_HOST names the engine; busybox:latest must be there.
'use strict';
const assert = require('assert');
const { PassThrough } = require('stream');
const Docker = require('dockerode');

const docker = new Docker({ socketPath: process.env.DOCKER_HOST.replace('unix://', '') });
const image = 'busybox:latest';

function sink() {
  const stream = new PassThrough();
  stream.text = '';
  stream.on('data', block => { stream.text += block; });
  return stream;
}

const ended = stream => new Promise((resolve, reject) => stream.on('end', resolve).on('close', resolve).on('error', reject));

async function run() {
  const output = sink();
  const [result, container] = await docker.run(image, ['sh', '-c', 'echo hello; exit 3'], output, { Tty: false });
  assert.strictEqual(result.StatusCode, 3);
  assert.match(output.text, /hello/);
  await container.remove();
}

async function attachAndDemultiplex() {
  const container = await docker.createContainer({ Image: image, Cmd: ['sh', '-c', 'cat; echo err >&2'], OpenStdin: true, StdinOnce: true, AttachStdin: true });
  const stream = await container.attach({ stream: true, stdin: true, stdout: true, stderr: true, hijack: true });
  const out = sink(), err = sink();
  container.modem.demuxStream(stream, out, err);
  const over = ended(stream);
  await container.start();
  stream.write('typed\n');
  stream.end();
  await container.wait();
  await over;
  assert.strictEqual(out.text, 'typed\n');
  assert.strictEqual(err.text, 'err\n');
  await container.remove();
}

async function execAndInspect() {
  const container = await docker.createContainer({ Image: image, Cmd: ['sleep', '100'], StopSignal: 'SIGKILL' });
  await container.start();
  const exec = await container.exec({ Cmd: ['sh', '-c', 'echo inside; exit 5'], AttachStdout: true, AttachStderr: true });
  const stream = await exec.start({ hijack: true });
  const out = sink();
  container.modem.demuxStream(stream, out, out);
  await ended(stream);
  assert.strictEqual(out.text, 'inside\n');
  assert.strictEqual((await exec.inspect()).ExitCode, 5);
  const logs = await container.logs({ stdout: true, follow: false });
  assert.strictEqual(logs.length, 0);
  await container.stop({ t: 0 });
  await container.remove();
}

async function errors() {
  await assert.rejects(docker.getContainer('nosuchcontainer').inspect(), error => error.statusCode === 404 && /No such container/.test(error.json.message));
  await assert.rejects(docker.createContainer({ Image: 'nosuchimage' }), error => error.statusCode === 404);
}

async function buildFollowingProgress() {
  const fs = require('fs'), os = require('os'), path = require('path');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'naru-e2e-js-'));
  fs.writeFileSync(path.join(folder, 'Dockerfile'), `FROM ${image}\nRUN echo built\n`);
  const stream = await docker.buildImage({ context: folder, src: ['Dockerfile'] }, { t: 'js-built', nocache: true });
  const lines = await new Promise((resolve, reject) => docker.modem.followProgress(stream, (error, all) => error ? reject(error) : resolve(all)));
  assert.ok(lines.some(line => /Successfully built/.test(line.stream || '')), JSON.stringify(lines));
  fs.rmSync(folder, { recursive: true });
  await docker.getImage('js-built').remove();
}

async function networksVolumesEvents() {
  const events = await docker.getEvents({ filters: { type: ['network', 'volume'] } });
  const seen = [];
  events.on('data', block => String(block).trim().split('\n').forEach(line => seen.push(JSON.parse(line))));
  const network = await docker.createNetwork({ Name: 'js-net' });
  const volume = await docker.createVolume({ Name: 'js-volume' });
  assert.ok((await docker.listNetworks()).some(found => found.Name === 'js-net'));
  assert.strictEqual((await docker.getVolume('js-volume').inspect()).Driver, 'local');
  await network.remove();
  await docker.getVolume('js-volume').remove();
  for (let turn = 0; turn < 1000 && seen.length < 4; turn++) {
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  events.destroy();
  assert.deepStrictEqual(seen.map(event => `${event.Type} ${event.Action}`), ['network create', 'volume create', 'network destroy', 'volume destroy']);
}

async function statsStream() {
  const container = await docker.createContainer({ Image: image, Cmd: ['sleep', '100'], StopSignal: 'SIGKILL' });
  await container.start();
  const stats = await container.stats({ stream: false });
  assert.ok(stats.memory_stats.usage > 0);
  await container.remove({ force: true });
}

(async () => {
  for (const test of [run, attachAndDemultiplex, execAndInspect, errors, buildFollowingProgress, networksVolumesEvents, statsStream]) {
    try {
      await test();
      console.log('ok', test.name);
    } catch (error) {
      console.log('not ok', test.name, error.stack);
      process.exitCode = 1;
    }
  }
  process.exit();
})();
