// Drives an API server with @kubernetes/client-node: node client.mjs NAMESPACE, by the KUBECONFIG of the environment.
import assert from 'node:assert';
import { setTimeout as after } from 'node:timers/promises';
import * as k8s from '@kubernetes/client-node';

const namespace = process.argv[2];
const config = new k8s.KubeConfig();
config.loadFromFile(process.env.KUBECONFIG);
const core = config.makeApiClient(k8s.CoreV1Api);
const apps = config.makeApiClient(k8s.AppsV1Api);
const objects = k8s.KubernetesObjectApi.makeApiClient(config);

async function until(what, condition) {
  for (let turn = 0; turn < 2000; turn++) {
    if (await condition()) return;
    await after(20);
  }
  throw new Error(`it never became so that ${what}`);
}

// An informer holds what there was and sees what comes.
const seen = [];
const informer = k8s.makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, () => core.listNamespacedConfigMap({ namespace }));
for (const event of ['add', 'update', 'delete']) informer.on(event, object => seen.push(`${event} ${object.metadata.name}`));
let stopping = false;
informer.on('error', error => { if (!stopping) throw error; });
await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'early' }, data: { a: '1' } } });
await informer.start();
await until('the early one is listed', () => informer.get('early', namespace));
await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'late' }, data: { a: '1' } } });
await until('the late one is seen', () => seen.includes('add late'));
const late = await core.readNamespacedConfigMap({ namespace, name: 'late' });
late.data.a = '2';
await core.replaceNamespacedConfigMap({ namespace, name: 'late', body: late });
await until('the change is seen', () => seen.includes('update late'));
await core.deleteNamespacedConfigMap({ namespace, name: 'late' });
await until('the end is seen', () => seen.includes('delete late'));
stopping = true;
await informer.stop();

// Generic objects, patches of each kind, server-side apply.
const made = await objects.create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace, name: 'web' }, spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i:1' }] } } } });
assert.equal(made.spec.progressDeadlineSeconds, 600);
await objects.patch({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace, name: 'web' }, spec: { template: { spec: { containers: [{ name: 'c', image: 'i:2' }] } } } });
assert.equal((await apps.readNamespacedDeployment({ namespace, name: 'web' })).spec.template.spec.containers[0].image, 'i:2');
const applied = await objects.patch({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name: 'applied' }, data: { k: 'v' } }, undefined, undefined, 'script', true, k8s.PatchStrategy.ServerSideApply);
assert.equal(applied.metadata.managedFields[0].manager, 'script');

// Failures carry the server's Status.
await assert.rejects(core.readNamespacedPod({ namespace, name: 'nosuch' }), error => {
  assert.equal(error.code, 404);
  assert.equal(JSON.parse(error.body).message, 'pods "nosuch" not found');
  return true;
});
await assert.rejects(core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'Bad_Name' } } }), error => error.code === 422);

// Pages.
for (let number = 0; number < 5; number++) await core.createNamespacedSecret({ namespace, body: { metadata: { name: `s${number}` }, stringData: { a: 'b' } } });
const names = [];
let page;
do {
  page = await core.listNamespacedSecret({ namespace, limit: 2, _continue: page?.metadata._continue });
  names.push(...page.items.map(secret => secret.metadata.name));
} while (page.metadata._continue);
assert.deepEqual(names.filter(name => /^s\d$/.test(name)), ['s0', 's1', 's2', 's3', 's4']);
assert.equal((await core.readNamespacedSecret({ namespace, name: 's0' })).data.a, 'Yg==');
console.log('all ok');
process.exit(0);
