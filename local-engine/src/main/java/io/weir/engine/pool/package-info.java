/**
 * Real engines behind the engine port: any OpenAI-compatible server given by URL (vLLM, SGLang, llama-server, the embedded engine). The only
 * package that uses the upstream HTTP client.
 */
@NullMarked
package io.weir.engine.pool;

import org.jspecify.annotations.NullMarked;
