#!/usr/bin/env bash
# Ten everyday tasks, one call of `aleph-alpha` each.
#
# Without AA_HOST it runs against the reference server, which it starts and stops itself; with AA_HOST and
# AA_TOKEN against that deployment, whose models MODEL, CHAT_MODEL, ... then name.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill -INT "$server"; rm -rf "$folder"' EXIT
cd "$folder"
if [ -z "${AA_HOST:-}" ]; then
    mkfifo url
    aleph-alpha serve --port 0 --quiet > url &
    server=$!
    read -r AA_HOST < url
    export AA_HOST AA_TOKEN=any
fi
: "${MODEL:=toy-base}" "${CHAT_MODEL:=toy-chat}" "${RERANK_MODEL:=toy-reranker}" "${TRANSLATE_MODEL:=toy-translation}"
say() { printf '\n# %s\n' "$1"; }

printf 'The harbour was full of ships. Nobody could leave before the morning.\n' > report.txt
printf '{"id": %s, "prompt": "Text %s"}\n' 1 1 2 2 3 3 > prompts.jsonl
printf 'Brasilia is the capital of Brazil.\nFrance has Paris.\nThe harbour is full.\n' > documents.txt
printf '{"type": "object", "properties": {"mood": {"type": "string"}}, "required": ["mood"]}' > schema.json

say "1. Is the deployment there, and is the token good?"
aleph-alpha check

say "2. Which models can chat?"
aleph-alpha models --can chat

say "3. Ask one thing about a file"
aleph-alpha chat 'In one sentence:' @report.txt --model "$CHAT_MODEL" --max-tokens 16

say "4. Go on with a text, always the same way"
aleph-alpha complete "An apple a day" --model "$MODEL" --max-tokens 8 --temperature 0

say "5. How many tokens is a file?"
aleph-alpha tokenize --count --model "$MODEL" < report.txt

say "6. Which document answers a question?"
aleph-alpha rerank "What is the capital of France?" --documents documents.txt --top-n 1 --model "$RERANK_MODEL"

say "7. Translate what another program writes"
echo "Good morning" | aleph-alpha translate --to de --model "$TRANSLATE_MODEL"

say "8. Why does the model say that?"
aleph-alpha explain "The sun is shining" --target " bright" --granularity word --model "$MODEL" --save why.html

say "9. Vectors of many texts, as JSON lines"
aleph-alpha embed --jsonl prompts.jsonl --size 128 --model "$MODEL" | cut -c -60

say "10. A response that a program can read"
aleph-alpha chat "What is the mood of this?" @report.txt --schema schema.json --model "$CHAT_MODEL" --max-tokens 64
