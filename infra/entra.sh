#!/usr/bin/env bash
# Entra ID for Governance: the API's app registration with its roles and scope, and what the app's managed identity may do in Graph.
#   infra/entra.sh register <name> [<address of the app>]   prints GOVERNANCE_CLIENT_ID
#   infra/entra.sh grant <principal id of the app>          Graph permissions of the app's identity
#   infra/entra.sh assign <client id> <role> <object id>    gives a person, group or service principal a role
#   infra/entra.sh pipeline <client id> <name> <issuer> <subject>   a pipeline that signs in without a secret (federated)
# Needs az, signed in as an administrator who may consent to application permissions, jq and python3.
set -euo pipefail

GRAPH=00000003-0000-0000-c000-000000000000
ROLES=(Publisher CabApprover SecurityReviewer Auditor PlatformAdmin)
# Publisher is for pipelines too; decisions are made by people.
declare -A MEMBERS=([Publisher]='["User","Application"]' [CabApprover]='["User"]' [SecurityReviewer]='["User"]' [Auditor]='["User","Application"]' [PlatformAdmin]='["User"]')
declare -A TEXTS=(
  [Publisher]='Submits deployments with their evidence.'
  [CabApprover]='Decides on risky deployments for the change advisory board.'
  [SecurityReviewer]='Decides on exceptions from findings and rules.'
  [Auditor]='Reads everything and takes audit bundles.'
  [PlatformAdmin]='Runs the platform.')
# Application permissions of the managed identity: Intune apps, their groups, who is a CAB approver, and a tenant's own approvals.
GRAPH_PERMISSIONS=(DeviceManagementApps.ReadWrite.All GroupMember.Read.All User.Read.All Application.Read.All DeviceManagementRBAC.Read.All)

die() { echo "$*" >&2; exit 2; }

register() {
  local name=$1 address=${2:-} roles='[]' id scope
  for role in "${ROLES[@]}"; do
    # The same id each time for the same role, so that a repeat changes nothing.
    id=$(python3 -c "import uuid,sys;print(uuid.uuid5(uuid.NAMESPACE_DNS,sys.argv[1]))" "governance.$role")
    roles=$(jq -c --arg id "$id" --arg role "$role" --arg text "${TEXTS[$role]}" --argjson members "${MEMBERS[$role]}" \
      '. + [{id: $id, value: $role, displayName: $role, description: $text, isEnabled: true, allowedMemberTypes: $members}]' <<<"$roles")
  done

  local client
  client=$(az ad app list --filter "displayName eq '${name//\'/\'\'}'" --query '[0].appId' -o tsv)
  if [[ -z $client ]]; then
    client=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --query appId -o tsv)
    az ad sp create --id "$client" --output none
  fi

  scope=$(python3 -c "import uuid;print(uuid.uuid5(uuid.NAMESPACE_DNS,'governance.cab.access'))")
  local object redirects
  object=$(az ad app show --id "$client" --query id -o tsv)
  redirects=$(az ad app show --id "$client" --query web.redirectUris -o json)
  [[ -z $address ]] || redirects=$(jq -nc --arg uri "${address%/}/review/signed-in" '[$uri]')
  az rest --method PATCH --url "https://graph.microsoft.com/v1.0/applications/$object" --body "$(jq -nc \
    --arg uri "api://$client" --arg scope "$scope" --argjson roles "$roles" --argjson redirects "$redirects" '{
      identifierUris: [$uri],
      appRoles: $roles,
      api: {requestedAccessTokenVersion: 2, oauth2PermissionScopes: [{id: $scope, value: "cab.access", type: "User", isEnabled: true,
        adminConsentDisplayName: "Use Governance", adminConsentDescription: "Use Governance in the name of the signed-in person.",
        userConsentDisplayName: "Use Governance", userConsentDescription: "Use Governance in your name."}]},
      optionalClaims: {accessToken: [{name: "idtyp"}, {name: "acct"}]},
      web: {redirectUris: $redirects, implicitGrantSettings: {enableIdTokenIssuance: false, enableAccessTokenIssuance: false}}}')"
  # Nobody gets a token without a role.
  az ad sp update --id "$client" --set appRoleAssignmentRequired=true
  echo "GOVERNANCE_CLIENT_ID=$client"
}

grant() {
  local principal=$1 graph permission role
  graph=$(az ad sp show --id "$GRAPH" --query id -o tsv)
  for permission in "${GRAPH_PERMISSIONS[@]}"; do
    role=$(az ad sp show --id "$GRAPH" --query "appRoles[?value=='$permission' && contains(allowedMemberTypes, 'Application')].id | [0]" -o tsv)
    [[ -n $role ]] || die "Graph has no application permission $permission."
    assignment "$principal" "$graph" "$role"
  done
}

assign() {
  local client=$1 role=$2 principal=$3 resource id
  [[ " ${ROLES[*]} " == *" $role "* ]] || die "'$role' is none of ${ROLES[*]}."
  resource=$(az ad sp show --id "$client" --query id -o tsv)
  id=$(az ad sp show --id "$client" --query "appRoles[?value=='$role'].id | [0]" -o tsv)
  assignment "$principal" "$resource" "$id"
}

pipeline() {
  local client=$1 name=$2 issuer=$3 subject=$4 app sp
  app=$(az ad app list --filter "displayName eq '${name//\'/\'\'}'" --query '[0].appId' -o tsv)
  if [[ -z $app ]]; then
    app=$(az ad app create --display-name "$name" --sign-in-audience AzureADMyOrg --query appId -o tsv)
    az ad sp create --id "$app" --output none
  fi

  az ad app federated-credential list --id "$app" --query "[?subject=='$subject'].name" -o tsv | grep -q . || az ad app federated-credential create --id "$app" \
    --parameters "$(jq -nc --arg name "${name//[^A-Za-z0-9-]/-}" --arg issuer "$issuer" --arg subject "$subject" '{name: $name, issuer: $issuer, subject: $subject, audiences: ["api://AzureADTokenExchange"]}')"
  sp=$(az ad sp show --id "$app" --query id -o tsv)
  assign "$client" Publisher "$sp"
  echo "PIPELINE_CLIENT_ID=$app"
  echo "PIPELINE_OBJECT_ID=$sp   # with its owners in servicePrincipals of the parameter file"
}

# Repeating it is safe: what is assigned already is left.
assignment() {
  local principal=$1 resource=$2 role=$3
  az rest --method GET --url "https://graph.microsoft.com/v1.0/servicePrincipals/$resource/appRoleAssignedTo?\$top=999" \
    --query "value[?principalId=='$principal' && appRoleId=='$role'].id" -o tsv | grep -q . && return
  az rest --method POST --url "https://graph.microsoft.com/v1.0/servicePrincipals/$resource/appRoleAssignedTo" --output none \
    --body "$(jq -nc --arg principal "$principal" --arg resource "$resource" --arg role "$role" '{principalId: $principal, resourceId: $resource, appRoleId: $role}')"
}

case "${1:-}" in
  register) [[ $# -ge 2 ]] || die 'register <name> [<address>]'; register "${@:2}" ;;
  grant) [[ $# -eq 2 ]] || die 'grant <principal id>'; grant "$2" ;;
  assign) [[ $# -eq 4 ]] || die 'assign <client id> <role> <object id>'; assign "${@:2}" ;;
  pipeline) [[ $# -eq 5 ]] || die 'pipeline <client id> <name> <issuer> <subject>'; pipeline "${@:2}" ;;
  *) sed -n '2,7p' "$0" | cut -c3-; exit 2 ;;
esac
