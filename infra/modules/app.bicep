// The function app: a custom handler on Flex Consumption, with a managed identity and no secret of its own.
import { ringGroupsType, servicePrincipalType } from '../main.bicep'

param name string
param location string
param tenantId string
param clientId string
param ringGroups ringGroupsType
param servicePrincipals servicePrincipalType[]
param hostAccount string
param stateAccount string
param evidenceAccount string
param deploymentContainer string
param pageTokenKeyUri string

@secure()
param insightsConnection string

@description('For outbound calls; empty for the public network.')
param subnetId string

@description('Where people reach the app, https and without a path; empty for the app\'s own host name.')
param publicAddress string
param maximumInstances int
param alwaysReady int
param otlpEndpoint string
param extraSettings object
param workspaceId string

var settings = {
  AzureWebJobsStorage__accountName: hostAccount
  AzureWebJobsStorage__credential: 'managedidentity'
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnection
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Authorization=AAD'
  Storage__AccountName: stateAccount
  Storage__Prefix: 'governance'
  Storage__EvidenceAccountName: evidenceAccount
  SignIn__Mode: 'Entra'
  SignIn__TenantId: tenantId
  SignIn__ClientId: clientId
  Http__PublicAddress: empty(publicAddress) ? 'https://${app.properties.defaultHostName}' : publicAddress
  Http__PageTokenKey: '@Microsoft.KeyVault(SecretUri=${pageTokenKeyUri})'
  Intune__SignIn__Kind: 'ManagedIdentity'
  OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint
}

var ringSettings = toObject(items(ringGroups), ring => 'Rings__${ring.key}__Groups', ring => ring.value)
var ownerSettings = toObject(range(0, length(servicePrincipals)), index => 'SignIn__ServicePrincipals__${index}__Owners', index => servicePrincipals[index].owners)
var principalSettings = toObject(range(0, length(servicePrincipals)), index => 'SignIn__ServicePrincipals__${index}__ObjectId', index => servicePrincipals[index].objectId)

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: '${name}-plan'
  location: location
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: '${name}-${uniqueString(resourceGroup().id)}'
  location: location
  kind: 'functionapp,linux'
  identity: { type: 'SystemAssigned' }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainer
          authentication: { type: 'SystemAssignedIdentity' }
        }
      }
      scaleAndConcurrency: {
        maximumInstanceCount: maximumInstances
        instanceMemoryMB: 2048
        alwaysReady: alwaysReady == 0 ? [] : [
          { name: 'durable', instanceCount: alwaysReady }
          { name: 'http', instanceCount: alwaysReady }
        ]
      }
      runtime: { name: 'custom', version: '1.0' }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
    }
  }
}

resource appSettings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: union(settings, ringSettings, principalSettings, ownerSettings, extraSettings)
}

resource noBasicPublishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = [for each in ['ftp', 'scm']: {
  parent: app
  name: each
  properties: { allow: false }
}]

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: app
  name: 'audit'
  properties: {
    workspaceId: workspaceId
    logs: [{ category: 'FunctionAppLogs', enabled: true }]
  }
}

output principalId string = app.identity.principalId
output address string = 'https://${app.properties.defaultHostName}'
output appName string = app.name
