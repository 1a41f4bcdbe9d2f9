// Secrets that cannot be a managed identity: the key that signs continuation tokens, and what extraSettings refer to.
param name string
param location string
param privateNetwork bool
param workspaceId string

@secure()
@description('The key of continuation tokens, base64 of 32 bytes or more; made anew at each deployment where none is given, which ends open pagings.')
param pageTokenKey string = base64('${newGuid()}${newGuid()}')

resource vault 'Microsoft.KeyVault/vaults@2023-07-01' = {
  name: take('${name}-${uniqueString(resourceGroup().id)}', 24)
  location: location
  properties: {
    tenantId: tenant().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    enablePurgeProtection: true
    publicNetworkAccess: privateNetwork ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: privateNetwork ? 'Deny' : 'Allow'
      bypass: 'AzureServices'
    }
  }
}

resource pageTokens 'Microsoft.KeyVault/vaults/secrets@2023-07-01' = {
  parent: vault
  name: 'page-token-key'
  properties: { value: pageTokenKey }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: vault
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'AuditEvent', enabled: true }]
  }
}

output vaultName string = vault.name
output vaultId string = vault.id

// Without a version: a rotated secret is taken up by itself.
output pageTokenKeyUri string = '${vault.properties.vaultUri}secrets/${pageTokens.name}'
