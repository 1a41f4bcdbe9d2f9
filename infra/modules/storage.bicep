// A storage account without shared keys: everybody signs in with Entra ID.
param accountName string
param location string
param sku string

@description('Blob containers; more than 0 days makes one immutable for that long.')
param containers containerType[]
param tables string[]
param queues string[]
param privateNetwork bool
param workspaceId string

@description('A container whose blobs are deleted after 7 days; empty for none.')
param expiringContainer string = ''

@export()
type containerType = {
  name: string
  immutableDays: int
}

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: take(accountName, 24)
  location: location
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: privateNetwork ? 'Disabled' : 'Enabled'
    networkAcls: {
      defaultAction: privateNetwork ? 'Deny' : 'Allow'
      bypass: 'AzureServices'
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2024-01-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: { enabled: true, days: 14 }
    containerDeleteRetentionPolicy: { enabled: true, days: 14 }
  }
}

resource container 'Microsoft.Storage/storageAccounts/blobServices/containers@2024-01-01' = [for each in containers: {
  parent: blobs
  name: each.name
  properties: { publicAccess: 'None' }
}]

// Unlocked, so that a first installation can still be taken down; docs/runbooks.md says how to lock it, and how to set a legal hold.
resource immutable 'Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies@2024-01-01' = [for (each, index) in containers: if (each.immutableDays > 0) {
  parent: container[index]
  name: 'default'
  properties: {
    immutabilityPeriodSinceCreationInDays: each.immutableDays
    allowProtectedAppendWrites: false
  }
}]

resource tableService 'Microsoft.Storage/storageAccounts/tableServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource table 'Microsoft.Storage/storageAccounts/tableServices/tables@2024-01-01' = [for each in tables: {
  parent: tableService
  name: each
}]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2024-01-01' = {
  parent: account
  name: 'default'
}

resource queue 'Microsoft.Storage/storageAccounts/queueServices/queues@2024-01-01' = [for each in queues: {
  parent: queueService
  name: each
}]

resource expiry 'Microsoft.Storage/storageAccounts/managementPolicies@2024-01-01' = if (!empty(expiringContainer)) {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [
        {
          name: 'unclaimed-uploads'
          type: 'Lifecycle'
          definition: {
            actions: { baseBlob: { delete: { daysAfterCreationGreaterThan: 7 } } }
            filters: { blobTypes: ['blockBlob'], prefixMatch: ['${expiringContainer}/'] }
          }
        }
      ]
    }
  }
}

resource blobLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: blobs
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'StorageWrite', enabled: true }
      { category: 'StorageDelete', enabled: true }
    ]
  }
}

resource tableLogs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: tableService
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'StorageDelete', enabled: true }]
    metrics: [{ category: 'Transaction', enabled: true }]
  }
}

output accountName string = account.name
output accountId string = account.id
output blobEndpoint string = account.properties.primaryEndpoints.blob
