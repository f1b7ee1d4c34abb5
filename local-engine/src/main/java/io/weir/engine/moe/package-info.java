/**
 * The embedded engine: a DeepSeek-V3-shaped mixture of experts in plain Java, its own process, speaking vLLM's HTTP interface.
 *
 * <p>Read it top to bottom: {@code GgufFile} opens the model file, {@code BpeTokenizer} and {@code ChatTemplate} turn messages into tokens,
 * {@code MoeModel} runs the forward pass ({@code Attention}, {@code MoeLayer}, {@code FeedForward} on top of {@code Kernels} and
 * {@code KvCache}), {@code Sampler} chooses the next token, {@code Scheduler} and {@code Lane} run many sequences at once, and
 * {@code EngineServer} answers HTTP. The package depends on no other package of Weir.
 */
@NullMarked
package io.weir.engine.moe;

import org.jspecify.annotations.NullMarked;
