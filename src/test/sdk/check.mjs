// The official Node SDK against Weir: nothing but base URL and key are set (OPENAI_BASE_URL, OPENAI_API_KEY).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import OpenAI from 'openai';

const { version } = JSON.parse(readFileSync('node_modules/openai/package.json', 'utf8'));
const client = new OpenAI();
const stranger = new OpenAI({ apiKey: 'weir_sk_nobody' });
const FRANCE = [{ role: 'user', content: 'What is the capital of France?' }];
const PRODUCT = [{ role: 'user', content: 'What is 17 * 23?' }];

const checks = {
  async plain() {
    const answer = await client.chat.completions.create({ model: 'auto', messages: FRANCE, max_tokens: 64 });
    assert.match(answer.choices[0].message.content, /Paris/);
    assert.equal(answer.choices[0].finish_reason, 'stop');
    assert.match(answer.id, /^chatcmpl-/);
  },
  async streamed() {
    const stream = await client.chat.completions.create({ model: 'auto', messages: FRANCE, max_tokens: 64, stream: true });
    let text = '';
    let chunks = 0;
    for await (const chunk of stream) {
      chunks++;
      text += chunk.choices[0].delta.content ?? '';
      assert.equal(chunk.usage ?? null, null);
    }
    assert.match(text, /Paris/);
    assert.ok(chunks > 3);
  },
  async usage() {
    const whole = (await client.chat.completions.create({ model: 'auto', messages: PRODUCT, max_tokens: 128 })).usage;
    const stream = await client.chat.completions.create({
      model: 'auto', messages: PRODUCT, max_tokens: 128, stream: true, stream_options: { include_usage: true },
    });
    let last;
    for await (const chunk of stream) {
      last = chunk;
    }
    assert.deepEqual(last.choices, []);
    assert.equal(last.usage.total_tokens, whole.total_tokens);
    assert.ok(whole.completion_tokens_details.reasoning_tokens > 0);
  },
  async reasoning() {
    const answer = await client.chat.completions.create({ model: 'auto', messages: PRODUCT, max_tokens: 128, include_reasoning: true });
    assert.match(answer.choices[0].message.content, /391/);
    assert.ok(answer.choices[0].message.reasoning_content);
  },
  async models() {
    const ids = (await client.models.list()).data.map(model => model.id);
    assert.ok(ids.includes('auto') && ids.length > 1);
    assert.equal((await client.models.retrieve(ids[1])).id, ids[1]);
  },
  async badRequest() {
    await refusal(OpenAI.BadRequestError, 'unsupported_parameter',
      client.chat.completions.create({ model: 'auto', messages: FRANCE, n: 2 }));
  },
  async unauthorized() {
    await refusal(OpenAI.AuthenticationError, 'invalid_api_key', stranger.chat.completions.create({ model: 'auto', messages: FRANCE }));
  },
  async unknownModel() {
    await refusal(OpenAI.NotFoundError, 'model_not_found', client.chat.completions.create({ model: 'gpt-99', messages: FRANCE }));
  },
};

async function refusal(kind, code, call) {
  await assert.rejects(call, problem => problem instanceof kind && problem.code === code);
}

let passed = 0;
let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    passed++;
  } catch (problem) {
    failed++;
    console.error(`node ${name}: ${problem}`);
  }
}
console.log(`openai-node ${version}: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
