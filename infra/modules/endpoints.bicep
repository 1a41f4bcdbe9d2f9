// Private endpoints of storage and vault, with their names resolved inside the network.
param name string
param location string
param networkId string
param subnetId string
param storageAccounts storageType[]
param vaultId string

@export()
type storageType = {
  id: string
  name: string
  services: string[]
}

var storageZones = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  queue: 'privatelink.queue.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
}
var links = concat(
  flatten(map(storageAccounts, account => map(account.services, service => {
    id: account.id
    label: '${account.name}-${service}'
    group: service
    zone: service
  }))),
  [{ id: vaultId, label: 'vault', group: 'vault', zone: 'vault' }]
)
var zones = union(storageZones, { vault: 'privatelink.vaultcore.azure.net' })

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = [for each in items(zones): {
  name: each.value
  location: 'global'
}]

resource zoneLink 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [for (each, index) in items(zones): {
  parent: zone[index]
  name: '${name}-link'
  location: 'global'
  properties: {
    registrationEnabled: false
    virtualNetwork: { id: networkId }
  }
}]

resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = [for each in links: {
  name: '${name}-${each.label}'
  location: location
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      {
        name: each.label
        properties: { privateLinkServiceId: each.id, groupIds: [each.group] }
      }
    ]
  }
}]

resource zoneGroup 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [for (each, index) in links: {
  parent: endpoint[index]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: each.zone
        properties: { privateDnsZoneId: resourceId('Microsoft.Network/privateDnsZones', zones[each.zone]) }
      }
    ]
  }
  dependsOn: [zone]
}]
