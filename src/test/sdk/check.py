"""The official Python SDK against Weir: nothing but base URL and key are set (OPENAI_BASE_URL, OPENAI_API_KEY)."""

import sys

import openai

client = openai.OpenAI()
stranger = openai.OpenAI(api_key="weir_sk_nobody")
FRANCE = [{"role": "user", "content": "What is the capital of France?"}]
PRODUCT = [{"role": "user", "content": "What is 17 * 23?"}]


def plain():
    answer = client.chat.completions.create(model="auto", messages=FRANCE, max_tokens=64)
    assert "Paris" in answer.choices[0].message.content, answer
    assert answer.choices[0].finish_reason == "stop", answer
    assert answer.id.startswith("chatcmpl-"), answer


def streamed():
    text = ""
    chunks = 0
    with client.chat.completions.create(model="auto", messages=FRANCE, max_tokens=64, stream=True) as stream:
        for chunk in stream:
            chunks += 1
            text += chunk.choices[0].delta.content or ""
            assert chunk.usage is None, chunk
    assert "Paris" in text and chunks > 3, (chunks, text)


def usage():
    whole = client.chat.completions.create(model="auto", messages=PRODUCT, max_tokens=128).usage
    options = {"include_usage": True}
    last = None
    for chunk in client.chat.completions.create(
        model="auto", messages=PRODUCT, max_tokens=128, stream=True, stream_options=options
    ):
        last = chunk
    assert last.choices == [], last
    assert last.usage.total_tokens == whole.total_tokens > 0, (last, whole)
    assert whole.completion_tokens_details.reasoning_tokens > 0, whole


def reasoning():
    answer = client.chat.completions.create(
        model="auto", messages=PRODUCT, max_tokens=128, extra_body={"include_reasoning": True}
    )
    assert "391" in answer.choices[0].message.content, answer
    assert answer.choices[0].message.reasoning_content, answer


def models():
    ids = [model.id for model in client.models.list()]
    assert "auto" in ids and len(ids) > 1, ids
    assert client.models.retrieve(ids[1]).id == ids[1]


def refusal(kind, code, call):
    try:
        call()
    except kind as refused:
        assert refused.code == code, refused
        return
    raise AssertionError("not refused")


def bad_request():
    refusal(
        openai.BadRequestError,
        "unsupported_parameter",
        lambda: client.chat.completions.create(model="auto", messages=FRANCE, n=2),
    )


def unauthorized():
    refusal(
        openai.AuthenticationError,
        "invalid_api_key",
        lambda: stranger.chat.completions.create(model="auto", messages=FRANCE),
    )


def unknown_model():
    refusal(
        openai.NotFoundError,
        "model_not_found",
        lambda: client.chat.completions.create(model="gpt-99", messages=FRANCE),
    )


passed = failed = 0
for check in (plain, streamed, usage, reasoning, models, bad_request, unauthorized, unknown_model):
    try:
        check()
        passed += 1
    except Exception as problem:  # every check is tried
        failed += 1
        print(f"python {check.__name__}: {problem!r}", file=sys.stderr)
print(f"openai-python {openai.__version__}: {passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
