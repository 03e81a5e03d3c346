// TensorFlow.js in Node, for tests/saving/test_tfjs_oracle.py: makes models of every layer family
// and saves them, and loads what gossamer wrote.
//
//   node tfjs_oracle.cjs tf.min.js make OUTPUT.json
//   node tfjs_oracle.cjs tf.min.js load INPUT.json OUTPUT.json
//
// Arrays travel as {shape, dtype, data} with base64 of little-endian bytes.

'use strict';

const fs = require('fs');

const [tfPath, command, ...files] = process.argv.slice(2);
const tf = require(tfPath);
const L = tf.layers;

const KINDS = {float32: Float32Array, int32: Int32Array, bool: Uint8Array};

function packed(tensor) {
  const data = tensor.dataSync();
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return {shape: tensor.shape, dtype: tensor.dtype, data: bytes.toString('base64')};
}

function unpacked({shape, dtype, data}) {
  const bytes = new Uint8Array(Buffer.from(data, 'base64'));
  return tf.tensor(new KINDS[dtype](bytes.buffer), shape, dtype);
}

function sequential(...layers) {
  return tf.sequential({layers});
}

function functional(shapes, call) {
  const inputs = shapes.map(shape => tf.input({shape}));
  return tf.model({inputs, outputs: call(...inputs)});
}

function withStates(shape, layer) {
  return functional([shape], x => layer.apply(x));
}

/** Blocks of MobileNetV1, a quarter as wide. */
function mobileNet() {
  const x = tf.input({shape: [32, 32, 3]});
  const unit = (y, layer) => L.reLU({maxValue: 6}).apply(L.batchNormalization().apply(layer.apply(y)));
  let y = unit(x, L.conv2d({filters: 8, kernelSize: 3, strides: 2, padding: 'same', useBias: false}));
  const plan = [[16, 1], [32, 2], [32, 1], [64, 2], [64, 1], [128, 2], [128, 1], [128, 1], [256, 2], [256, 1]];
  for (const [filters, strides] of plan) {
    y = unit(y, L.depthwiseConv2d({kernelSize: 3, strides, padding: 'same', useBias: false}));
    y = unit(y, L.conv2d({filters, kernelSize: 1, useBias: false}));
  }
  y = L.reshape({targetShape: [1, 1, 256]}).apply(L.globalAveragePooling2d({}).apply(y));
  y = L.conv2d({filters: 10, kernelSize: 1}).apply(L.dropout({rate: 0.1}).apply(y));
  return tf.model({inputs: x, outputs: L.softmax({axis: -1}).apply(L.flatten().apply(y))});
}

const inner = units => sequential(L.dense({units, activation: 'tanh', inputShape: [4]}));

const MODELS = {
  'dense': () => sequential(
      L.dense({units: 5, activation: 'relu', inputShape: [4], kernelRegularizer: 'l1l2',
               kernelConstraint: 'maxNorm', kernelInitializer: 'leCunNormal'}),
      L.dropout({rate: 0.5}), L.dense({units: 3, activation: 'softmax', useBias: false})),
  'activations': () => functional([[7]], x => ['elu', 'selu', 'relu', 'relu6', 'linear', 'sigmoid',
      'hardSigmoid', 'softplus', 'softsign', 'tanh', 'softmax', 'logSoftmax', 'swish', 'mish']
      .map(activation => L.activation({activation}).apply(x))),
  'advanced activations': () => functional([[5, 4]], x => [L.prelu(), L.prelu({sharedAxes: [1]}),
      L.leakyReLU({alpha: 0.1}), L.elu(), L.thresholdedReLU({theta: 0.5}), L.reLU({maxValue: 1}),
      L.softmax({axis: -1})].map(layer => layer.apply(x))),
  'conv1d': () => sequential(
      L.conv1d({filters: 4, kernelSize: 3, padding: 'same', dilationRate: 2, inputShape: [10, 3]}),
      L.conv1d({filters: 2, kernelSize: 2, strides: 2, activation: 'tanh'}),
      L.maxPooling1d({poolSize: 2}), L.globalAveragePooling1d()),
  'conv2d': () => sequential(
      L.conv2d({filters: 4, kernelSize: [3, 2], padding: 'same', strides: 2, inputShape: [9, 8, 3]}),
      L.conv2d({filters: 3, kernelSize: 2, dilationRate: 2, activation: 'relu'})),
  'conv2d, channels first': () => sequential(
      L.conv2d({filters: 4, kernelSize: 3, dataFormat: 'channelsFirst', inputShape: [3, 6, 6]}),
      L.flatten({dataFormat: 'channelsFirst'})),
  'conv3d': () => sequential(
      L.conv3d({filters: 2, kernelSize: 2, inputShape: [5, 5, 5, 2]}),
      L.averagePooling3d({poolSize: 2}), L.flatten()),
  'depthwise and separable': () => sequential(
      L.depthwiseConv2d({kernelSize: 3, depthMultiplier: 2, inputShape: [8, 8, 3]}),
      L.separableConv2d({filters: 5, kernelSize: 3, padding: 'same'})),
  'transposed': () => sequential(
      L.conv2dTranspose({filters: 3, kernelSize: 3, strides: 2, padding: 'same', inputShape: [4, 4, 2]}),
      L.conv2dTranspose({filters: 2, kernelSize: 2})),
  'transposed, 3d': () => sequential(
      L.conv3dTranspose({filters: 2, kernelSize: 2, strides: 2, inputShape: [3, 3, 3, 2]})),
  'pooling': () => functional([[8, 8, 3]], x => [
      L.maxPooling2d({poolSize: 3, strides: 2, padding: 'same'}).apply(x),
      L.averagePooling2d({poolSize: 2}).apply(x), L.globalMaxPooling2d({}).apply(x),
      L.averagePooling2d({poolSize: 3, strides: 2, padding: 'same'}).apply(x),
      L.globalAveragePooling2d({}).apply(x)]),
  'normalization': () => sequential(
      L.batchNormalization({inputShape: [6, 4], epsilon: 0.01, momentum: 0.9}),
      L.layerNormalization({axis: -1}), L.batchNormalization({scale: false})),
  'embedding': () => sequential(
      L.embedding({inputDim: 11, outputDim: 4, inputLength: 6}), L.globalMaxPooling1d()),
  'masked': () => sequential(
      L.embedding({inputDim: 11, outputDim: 4, maskZero: true, inputLength: 6}), L.lstm({units: 3})),
  'lstm': () => sequential(
      L.lstm({units: 4, returnSequences: true, inputShape: [6, 3]}),
      L.lstm({units: 3, recurrentActivation: 'sigmoid', goBackwards: true, unitForgetBias: false})),
  'gru': () => sequential(
      L.gru({units: 4, returnSequences: true, inputShape: [6, 3]}),
      L.gru({units: 3, recurrentActivation: 'sigmoid', useBias: false})),
  'simple rnn': () => withStates([6, 3], L.simpleRNN({units: 4, returnState: true})),
  'cells': () => sequential(L.rnn({cell: [L.lstmCell({units: 4}), L.gruCell({units: 3}),
      L.simpleRNNCell({units: 2})], inputShape: [6, 3]})),
  'one cell': () => sequential(L.rnn({cell: L.gruCell({units: 3}), inputShape: [6, 3],
      returnSequences: true})),
  'bidirectional': () => sequential(
      L.bidirectional({layer: L.lstm({units: 3, returnSequences: true}), inputShape: [6, 3]}),
      L.bidirectional({layer: L.gru({units: 2}), mergeMode: 'ave'})),
  'time distributed': () => sequential(
      L.timeDistributed({layer: L.dense({units: 3}), inputShape: [5, 4]}),
      L.timeDistributed({layer: L.dense({units: 2, activation: 'relu'})})),
  'conv lstm': () => sequential(
      L.convLstm2d({filters: 2, kernelSize: 3, padding: 'same', inputShape: [3, 5, 5, 2]})),
  'merges': () => functional([[4], [4]], (x, y) => [L.add(), L.multiply(), L.average(),
      L.maximum(), L.minimum(), L.concatenate(), L.dot({axes: 1}), L.dot({axes: 1, normalize: true})]
      .map(layer => layer.apply([x, y]))),
  'reshaping': () => functional([[6, 2]], x => [
      L.reshape({targetShape: [3, 4]}).apply(x), L.permute({dims: [2, 1]}).apply(x),
      L.repeatVector({n: 3}).apply(L.flatten().apply(x))]),
  'images': () => functional([[5, 6, 2]], x => [
      L.zeroPadding2d({padding: [[1, 2], [0, 1]]}).apply(x),
      L.cropping2D({cropping: [[1, 1], [2, 0]]}).apply(x), L.upSampling2d({size: [2, 3]}).apply(x),
      L.rescaling({scale: 0.5, offset: 0.25}).apply(x)]),
  'noise': () => sequential(
      L.gaussianNoise({stddev: 0.5, inputShape: [4, 3]}), L.gaussianDropout({rate: 0.3}),
      L.alphaDropout({rate: 0.3}), L.spatialDropout1d({rate: 0.3}), L.masking({maskValue: 1}),
      L.dense({units: 2})),
  'two inputs and outputs': () => functional([[4], [3]], (x, y) => {
    const both = L.concatenate().apply([L.dense({units: 3, activation: 'relu'}).apply(x), y]);
    return [L.dense({units: 2}).apply(both), L.dense({units: 1, activation: 'sigmoid'}).apply(both)];
  }),
  'shared layer': () => functional([[4], [4]], (x, y) => {
    const layer = L.dense({units: 4, activation: 'tanh'});
    return L.add().apply([layer.apply(x), layer.apply(layer.apply(y))]);
  }),
  'nested models': () => functional([[4]], x => {
    const net = inner(4);
    const graph = functional([[4]], y => L.add().apply([y, L.dense({units: 4}).apply(y)]));
    return [graph.apply(net.apply(net.apply(x))), net.apply(graph.apply(x)), net.apply(x)];
  }),
  'nested in a row': () => sequential(inner(4), L.dense({units: 2})),
  'initial state': () => functional([[6, 3], [4]], (x, h) => L.gru({units: 4}).apply(x, {initialState: [h]})),
  'MobileNetV1, alpha 0.25': mobileNet,
};

const OPTIMIZERS = {
  SGD: tf.train.sgd(0.05),
  Adam: tf.train.adam(0.01, 0.8),
  RMSprop: tf.train.rmsprop(0.01, 0.8),
  Adagrad: tf.train.adagrad(0.05, 0.2),
  Adadelta: tf.train.adadelta(0.5, 0.9),
  Momentum: tf.train.momentum(0.05, 0.9),
};

/** Weights that leave no unit at rest, the same each time. */
function setWeights(model) {
  const values = model.weights.map((weight, index) => {
    const size = weight.shape.reduce((a, b) => a * b, 1);
    const width = /kernel/.test(weight.name) ? 1.5 / Math.sqrt(size / weight.shape.at(-1)) : 0.4;
    const drawn = tf.randomNormal(weight.shape, 0, width, 'float32', index + 1);
    return /variance|gamma/.test(weight.name) ? drawn.abs().add(0.7) : drawn;
  });
  model.weights.forEach((weight, index) => weight.write(values[index]));
}

function inputsOf(model, name) {
  const integers = /embedding|masked/.test(name);
  return model.inputs.map((input, index) => {
    const shape = [3, ...input.shape.slice(1)];
    const seed = 40 + index;
    return integers ? tf.randomUniform(shape, 0, 11, 'int32', seed)
                    : tf.randomNormal(shape, 0, 1, 'float32', seed);
  });
}

function predicted(model, inputs) {
  const outputs = model.predict(inputs.length === 1 ? inputs[0] : inputs);
  return (Array.isArray(outputs) ? outputs : [outputs]).map(packed);
}

async function saved(model, includeOptimizer) {
  let artifacts;
  const handler = {save: async given => {
    artifacts = given;
    return {modelArtifactsInfo: {}};
  }};
  await model.save(handler, {includeOptimizer});
  const {weightData, weightSpecs, ...rest} = artifacts;
  const text = {...rest, weightsManifest: [{paths: ['shard.bin'], weights: weightSpecs}]};
  return {text, shard: Buffer.from(weightData).toString('base64')};
}

async function made() {
  const results = {};
  for (const [name, make] of Object.entries(MODELS)) {
    const model = make();
    setWeights(model);
    const inputs = inputsOf(model, name);
    results[name] = {
      ...await saved(model, false),
      inputs: inputs.map(packed),
      outputs: predicted(model, inputs),
    };
  }
  for (const [name, optimizer] of Object.entries(OPTIMIZERS)) {
    const model = sequential(L.dense({units: 1, inputShape: [3], kernelInitializer: 'ones'}));
    model.compile({optimizer, loss: 'meanSquaredError', metrics: ['mae']});
    const fit = epochs => model.fit(tf.ones([4, 3]), tf.ones([4, 1]), {epochs, verbose: 0});
    await fit(2);
    const before = await saved(model, true);
    await fit(1);
    results[`trained by ${name}`] = {...before, outputs: model.getWeights().map(packed)};
  }
  return results;
}

async function loaded(jobs) {
  const results = {};
  for (const [name, job] of Object.entries(jobs)) {
    try {
      const manifest = job.text.weightsManifest;
      const shards = manifest.flatMap(group => group.paths).map(path => job.files[path]);
      const weightData = Buffer.concat(shards.map(shard => Buffer.from(shard, 'base64')));
      const artifacts = {
        ...job.text,
        weightSpecs: manifest.flatMap(group => group.weights),
        weightData: new Uint8Array(weightData).buffer,
      };
      const model = await tf.loadLayersModel({load: async () => artifacts});
      const outputs = predicted(model, job.inputs.map(unpacked));
      const optimizer = model.optimizer && {
        name: model.optimizer.getClassName(), config: model.optimizer.getConfig(),
        loss: model.loss, metrics: model.metrics,
      };
      results[name] = {outputs, optimizer, version: tf.version.tfjs};
    } catch (error) {
      results[name] = {error: String(error)};
    }
  }
  return results;
}

async function main() {
  await tf.setBackend('cpu');
  if (command === 'make') {
    fs.writeFileSync(files[0], JSON.stringify(await made()));
  } else {
    const jobs = JSON.parse(fs.readFileSync(files[0], 'utf-8'));
    fs.writeFileSync(files[1], JSON.stringify(await loaded(jobs)));
  }
}

main().catch(error => {
  console.error(error);
  process.exit(1);
});
