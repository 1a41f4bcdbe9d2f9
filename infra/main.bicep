// Governance on Azure Functions (Flex Consumption). One resource group; deploy with
//   az deployment group create -g <group> -f infra/main.bicep -p infra/parameters/dev.bicepparam
targetScope = 'resourceGroup'

@description('In the names of all resources: 3 to 11 lower-case letters and digits, a letter first.')
@minLength(3)
@maxLength(11)
param name string

@description('Where everything lies.')
param location string = resourceGroup().location

@description('The Entra tenant whose people and pipelines sign in.')
param tenantId string = tenant().tenantId

@description('The API\'s app registration, as entra.sh prints it.')
param clientId string

@description('Entra group ids of each ring, comma-separated, where an intent names none.')
param ringGroups ringGroupsType

@description('The people behind service principals that submit intents; they never approve what those submit.')
param servicePrincipals servicePrincipalType[] = []

@description('Days for which evidence and anchors can be neither changed nor deleted.')
@minValue(1)
@maxValue(146000)
param retentionDays int

@description('Days for which logs are kept.')
param logRetentionDays int = 90

@description('Whether storage and vault are reached through private endpoints alone.')
param privateNetwork bool = false

@description('The most instances of the app.')
@minValue(1)
@maxValue(1000)
param maximumInstances int = 40

@description('Instances kept warm for orchestrations and for HTTP.')
param alwaysReady int = 1

@description('Redundancy of state and evidence.')
@allowed(['Standard_LRS', 'Standard_ZRS', 'Standard_GRS', 'Standard_GZRS', 'Standard_RAGZRS'])
param storageSku string = 'Standard_ZRS'

@description('Who is told by alerts.')
param alertEmails string[]

@description('Where people\'s browsers reach the app, https and without a path; empty for the app\'s own host name.')
param publicAddress string = ''

@description('Further app settings, by name: see local.settings.sample.json.')
param extraSettings object = {}

@description('Where traces and metrics go by OTLP; empty for nowhere.')
param otlpEndpoint string = ''

@export()
type ringGroupsType = {
  LAB: string
  CANARY: string
  PILOT: string
  DEPARTMENT: string
  GLOBAL: string
}

@export()
type servicePrincipalType = {
  @description('The object id of the service principal.')
  objectId: string

  @description('Object ids of its owners, comma-separated.')
  owners: string
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: {
    name: name
    location: location
    logRetentionDays: logRetentionDays
  }
}

module network 'modules/network.bicep' = if (privateNetwork) {
  name: 'network'
  params: {
    name: name
    location: location
  }
}

// What the Functions host itself needs: leases, keys, the durable extension's queues and tables, the deployed package, the outbox queue.
module hostStorage 'modules/storage.bicep' = {
  name: 'host-storage'
  params: {
    accountName: '${name}host${uniqueString(resourceGroup().id)}'
    location: location
    sku: storageSku
    containers: [{ name: 'deployments', immutableDays: 0 }]
    tables: []
    queues: ['governanceoutbox']
    privateNetwork: privateNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

// The logs, their heads, and the lists made of them.
module stateStorage 'modules/storage.bicep' = {
  name: 'state-storage'
  params: {
    accountName: '${name}state${uniqueString(resourceGroup().id)}'
    location: location
    sku: storageSku
    containers: []
    tables: stateTables
    queues: []
    privateNetwork: privateNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

// Packs, files, anchors: write-once. Artifacts are found by digest; uploads that nobody claims are deleted.
module evidenceStorage 'modules/storage.bicep' = {
  name: 'evidence-storage'
  params: {
    accountName: '${name}evid${uniqueString(resourceGroup().id)}'
    location: location
    sku: storageSku
    containers: evidenceContainers
    tables: []
    queues: []
    privateNetwork: privateNetwork
    workspaceId: monitoring.outputs.workspaceId
    expiringContainer: 'governanceincoming'
  }
}

module vault 'modules/vault.bicep' = {
  name: 'vault'
  params: {
    name: name
    location: location
    privateNetwork: privateNetwork
    workspaceId: monitoring.outputs.workspaceId
  }
}

module app 'modules/app.bicep' = {
  name: 'app'
  params: {
    name: name
    location: location
    tenantId: tenantId
    clientId: clientId
    ringGroups: ringGroups
    servicePrincipals: servicePrincipals
    hostAccount: hostStorage.outputs.accountName
    stateAccount: stateStorage.outputs.accountName
    evidenceAccount: evidenceStorage.outputs.accountName
    deploymentContainer: '${hostStorage.outputs.blobEndpoint}deployments'
    pageTokenKeyUri: vault.outputs.pageTokenKeyUri
    insightsConnection: monitoring.outputs.insightsConnection
    subnetId: network.?outputs.appSubnetId ?? ''
    publicAddress: publicAddress
    maximumInstances: maximumInstances
    alwaysReady: alwaysReady
    otlpEndpoint: otlpEndpoint
    extraSettings: extraSettings
    workspaceId: monitoring.outputs.workspaceId
  }
}

module roles 'modules/roles.bicep' = {
  name: 'roles'
  params: {
    principalId: app.outputs.principalId
    hostAccount: hostStorage.outputs.accountName
    stateAccount: stateStorage.outputs.accountName
    stateTables: stateTables
    evidenceAccount: evidenceStorage.outputs.accountName
    evidenceContainers: [for container in evidenceContainers: container.name]
    vaultName: vault.outputs.vaultName
    insightsName: monitoring.outputs.insightsName
  }
}

module endpoints 'modules/endpoints.bicep' = if (privateNetwork) {
  name: 'endpoints'
  params: {
    name: name
    location: location
    networkId: network.?outputs.networkId ?? ''
    subnetId: network.?outputs.endpointSubnetId ?? ''
    storageAccounts: [
      { id: hostStorage.outputs.accountId, name: 'host', services: ['blob', 'queue', 'table'] }
      { id: stateStorage.outputs.accountId, name: 'state', services: ['table'] }
      { id: evidenceStorage.outputs.accountId, name: 'evidence', services: ['blob'] }
    ]
    vaultId: vault.outputs.vaultId
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  params: {
    name: name
    location: location
    workspaceId: monitoring.outputs.workspaceId
    emails: alertEmails
  }
}

var prefix = 'governance'
var stateTables = ['${prefix}Deployments', '${prefix}Exceptions', '${prefix}Views', '${prefix}Waiting', '${prefix}Owners', '${prefix}Sweeps', '${prefix}Anchors', '${prefix}Cards']
var evidenceContainers = [
  { name: '${prefix}evidence', immutableDays: retentionDays }
  { name: '${prefix}audit', immutableDays: retentionDays }
  { name: '${prefix}artifacts', immutableDays: 0 }
  { name: '${prefix}incoming', immutableDays: 0 }
  { name: '${prefix}page-keys', immutableDays: 0 }
]

@description('Where the API answers.')
output address string = app.outputs.address

@description('The app\'s managed identity, for entra.sh grant.')
output principalId string = app.outputs.principalId

@description('The app, for the deployment of its package.')
output appName string = app.outputs.appName
