// What the app's identity may do, each role on the smallest thing that it is needed for.
param principalId string
param hostAccount string
param stateAccount string
param stateTables string[]
param evidenceAccount string
param evidenceContainers string[]
param vaultName string
param insightsName string

var role = {
  blobOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b' // Storage Blob Data Owner
  blobContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe' // Storage Blob Data Contributor
  blobDelegator: 'db58b8e5-c6ad-4a2a-8342-4190687cbf4a' // Storage Blob Delegator
  queueContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88' // Storage Queue Data Contributor
  tableContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3' // Storage Table Data Contributor
  secretsUser: '4633458b-17de-408a-b874-0445c86b69e6' // Key Vault Secrets User
  metricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb' // Monitoring Metrics Publisher
}

resource host 'Microsoft.Storage/storageAccounts@2024-01-01' existing = { name: hostAccount }
resource state 'Microsoft.Storage/storageAccounts@2024-01-01' existing = { name: stateAccount }
resource evidence 'Microsoft.Storage/storageAccounts@2024-01-01' existing = { name: evidenceAccount }
resource vault 'Microsoft.KeyVault/vaults@2023-07-01' existing = { name: vaultName }
resource insights 'Microsoft.Insights/components@2020-02-02' existing = { name: insightsName }

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2024-01-01' existing = {
  parent: state
  name: 'default'
}

resource table 'Microsoft.Storage/storageAccounts/tableServices/tables@2024-01-01' existing = [for each in stateTables: {
  parent: tableService
  name: each
}]

resource blobService 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' existing = {
  parent: evidence
  name: 'default'
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' existing = [for each in evidenceContainers: {
  parent: blobService
  name: each
}]

// The Functions host and the durable extension make what they need in their own account.
resource onHost 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for each in [role.blobOwner, role.queueContributor, role.tableContributor]: {
  scope: host
  name: guid(host.id, principalId, each)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', each)
  }
}]

resource onTables 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (each, index) in stateTables: {
  scope: table[index]
  name: guid(table[index].id, principalId, role.tableContributor)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.tableContributor)
  }
}]

resource onContainers 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (each, index) in evidenceContainers: {
  scope: container[index]
  name: guid(container[index].id, principalId, role.blobContributor)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.blobContributor)
  }
}]

// Addresses for uploads are signed with a user delegation key, which is the account's to give.
resource delegates 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: evidence
  name: guid(evidence.id, principalId, role.blobDelegator)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.blobDelegator)
  }
}

resource readsSecrets 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: vault
  name: guid(vault.id, principalId, role.secretsUser)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.secretsUser)
  }
}

resource reports 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, principalId, role.metricsPublisher)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.metricsPublisher)
  }
}
