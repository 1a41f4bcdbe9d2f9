using '../main.bicep'

param name = 'govprod'
param clientId = readEnvironmentVariable('GOVERNANCE_CLIENT_ID')
param retentionDays = 2555
param logRetentionDays = 365
param privateNetwork = true
param maximumInstances = 100
param alwaysReady = 2
param storageSku = 'Standard_GZRS'
param alertEmails = split(readEnvironmentVariable('GOVERNANCE_ALERT_EMAIL'), ',')
param ringGroups = {
  LAB: readEnvironmentVariable('GOVERNANCE_LAB_GROUPS')
  CANARY: readEnvironmentVariable('GOVERNANCE_CANARY_GROUPS')
  PILOT: readEnvironmentVariable('GOVERNANCE_PILOT_GROUPS')
  DEPARTMENT: readEnvironmentVariable('GOVERNANCE_DEPARTMENT_GROUPS')
  GLOBAL: readEnvironmentVariable('GOVERNANCE_GLOBAL_GROUPS')
}
