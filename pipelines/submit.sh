#!/usr/bin/env bash
# Submits a packaged app to Governance and waits for the decision. Used by both pipelines of this folder; runs anywhere with bash, curl and jq.
#   GOVERNANCE_URL            address of the app, without /api
#   GOVERNANCE_TOKEN          a bearer token of the pipeline
#   APP_NAME, APP_VERSION     what is submitted
#   TARGET_RING, START_RING   LAB, CANARY, PILOT, DEPARTMENT, GLOBAL (START_RING: TARGET_RING)
#   PACKAGE                   the .intunewin
#   FACTS                     JSON file with install, signature, behaviour, rollout_plan, rollback_plan …: the parts of the evidence that people state
#   SBOM, SCAN                files written by syft and trivy
#   REQUESTED_BY_OID          Entra object id of the person behind the run, who then never approves it
#   BUILD_URL, BUILD_COMMIT, BUILDER   where it was built
#   WAIT_MINUTES              how long a decision is waited for (60); 0: not at all
# Exit code 0: approved or published, or not waited for. 1: refused, blocked, rejected, expired, failed. 3: nobody has decided in time.
set -euo pipefail

api="${GOVERNANCE_URL%/}/api/v1"
started=$(date +%s)

# Answers go to a file, so that a refusal is shown with its reason; what is turned away with 503 or 429 comes again.
call() {
  local method=$1 path=$2 body=${3:-} answer status tries=0
  shift $(( $# > 2 ? 3 : 2 ))
  answer=$(mktemp)
  while :; do
    status=$(curl -sS -o "$answer" -w '%{http_code}' -X "$method" "$api/$path" -H "Authorization: Bearer $GOVERNANCE_TOKEN" \
      ${body:+-H 'Content-Type: application/json' --data-binary "@$body"} "$@") || status=000
    [[ $status =~ ^(000|429|503)$ ]] && (( ++tries <= 8 )) || break
    sleep $(( tries * 2 ))
  done
  if [[ ! $status =~ ^2 ]]; then
    echo "::error::$method $path: $status $(jq -r '"\(.code): \(.detail) \(.errors // [] | map("\(.field) \(.message)") | join("; "))"' "$answer" 2>/dev/null || cat "$answer")" >&2
    rm -f "$answer"
    return 1
  fi
  cat "$answer"
  rm -f "$answer"
}

json() { local file; file=$(mktemp); cat > "$file"; echo "$file"; }

# Uploads a file unless the same content is there already; prints its digest.
upload() {
  local file=$1 kind=$2 sha size begun url
  sha=$(sha256sum "$file" | cut -d' ' -f1)
  size=$(stat -c %s "$file")
  begun=$(call POST evidence/uploads/ "$(jq -nc --arg sha "$sha" --argjson size "$size" --arg name "$(basename "$file")" --arg kind "$kind" \
    '{sha256: $sha, size_bytes: $size, file_name: $name, kind: $kind}' | json)")
  url=$(jq -r '.upload_url // empty' <<<"$begun")
  if [[ -n $url ]]; then
    curl -sS --fail-with-body --retry 5 --retry-all-errors -X PUT "$url" -H 'x-ms-blob-type: BlockBlob' --data-binary "@$file" >&2
  fi
  echo "$sha"
}

artifact=$(upload "$PACKAGE" artifact)
sbom=$(upload "$SBOM" evidence)
scan=$(upload "$SCAN" evidence)

evidence=$(jq -c --arg artifact "$artifact" --argjson size "$(stat -c %s "$PACKAGE")" --arg name "$(basename "$PACKAGE")" --arg sbom "$sbom" --arg scan "$scan" \
  --arg builder "${BUILDER:-}" --arg commit "${BUILD_COMMIT:-}" --arg url "${BUILD_URL:-}" --arg oid "${REQUESTED_BY_OID:-}" --arg at "$(date -u +%Y-%m-%dT%H:%M:%SZ)" '
  . + {artifact: {sha256: $artifact, size_bytes: $size, file_name: $name, kind: "intunewin"}, sbom: {sha256: $sbom}, scan_results: [{sha256: $scan}],
       build_info: ({builder: $builder, commit: $commit, run_url: $url, timestamp: $at, requested_by_oid: $oid} | with_entries(select(.value != "")))}' "$FACTS")
stored=$(call POST evidence/store/ "$(jq -nc --arg app "$APP_NAME" --arg version "$APP_VERSION" --argjson evidence "$evidence" '{app_name: $app, version: $version, evidence: $evidence}' | json)")
pack=$(jq -r .evidence_pack_id <<<"$stored")
echo "Evidence pack $pack"
jq -r '.completeness[]? | select(.state != "present") | "  \(.state) for \(.needed_for): \(.item) (\(.reason))"' <<<"$stored"

# The key makes a repeated run of the same commit the same intent.
intent=$(call POST deployments/ "$(jq -nc --arg app "$APP_NAME" --arg version "$APP_VERSION" --arg start "${START_RING:-$TARGET_RING}" --arg target "$TARGET_RING" --arg pack "$pack" \
  '{app_name: $app, version: $version, start_ring: $start, target_ring: $target, evidence_pack_id: $pack}' | json)" \
  -H 'Prefer: wait=30' -H "Idempotency-Key: ${BUILD_URL:-local}-${BUILD_COMMIT:-none}")
id=$(jq -r .correlation_id <<<"$intent")
echo "Deployment $id"
[[ -z ${GITHUB_OUTPUT:-} ]] || echo "correlation_id=$id" >> "$GITHUB_OUTPUT"

while :; do
  now=$(call GET "deployments/$id/")
  status=$(jq -r .status <<<"$now")
  echo "$(date -u +%T) $status $(jq -r '.waiting_for | join(", ")' <<<"$now") $(jq -r 'if .risk_score then "risk \(.risk_score)" else "" end' <<<"$now")"
  case $status in
    ACTIVE|COMPLETED) exit 0 ;;
    APPROVED) [[ $(jq -r '.waiting_for | index("artifact")' <<<"$now") == null ]] && exit 0 ;;
    BLOCKED|REJECTED|EXPIRED|CANCELLED|FAILED|ROLLED_BACK)
      echo "::error::$APP_NAME $APP_VERSION is $status: $(jq -r '.reason // ""' <<<"$now")" >&2
      jq -r '.policy.rules[]? | select(.result == "fail") | "  \(.effect) \(.id): \(.reason)"' <<<"$now" >&2
      exit 1 ;;
  esac
  if (( $(date +%s) - started >= ${WAIT_MINUTES:-60} * 60 )); then
    echo "::warning::Nobody has decided on $id yet; the deployment goes on by itself once somebody does." >&2
    [[ ${WAIT_MINUTES:-60} == 0 ]] && exit 0 || exit 3
  fi
  sleep 20
done
