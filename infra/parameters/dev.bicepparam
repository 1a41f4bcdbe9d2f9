using '../main.bicep'

param name = 'govdev'
param clientId = readEnvironmentVariable('GOVERNANCE_CLIENT_ID')
param retentionDays = 1
param logRetentionDays = 30
param maximumInstances = 5
param alwaysReady = 0
param storageSku = 'Standard_LRS'
param alertEmails = [readEnvironmentVariable('GOVERNANCE_ALERT_EMAIL')]
param ringGroups = {
  LAB: readEnvironmentVariable('GOVERNANCE_LAB_GROUPS', '')
  CANARY: ''
  PILOT: ''
  DEPARTMENT: ''
  GLOBAL: ''
}
