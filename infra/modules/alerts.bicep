// Alerts over the app's logs: every line is JSON with a stable event_id, listed in docs/operations.md.
param name string
param location string
param workspaceId string
param emails string[]

var alerts = [
  {
    name: 'outbox-lag'
    text: 'Follow-up work fails again and again: lists are late and orchestrations are not told.'
    events: [2200, 2205]
    moreThan: 20
    severity: 2
  }
  {
    name: 'orchestration-failed'
    text: 'An orchestration or a turn failed; SweepStuck starts the next generation.'
    events: [2001, 2002, 2105]
    moreThan: 0
    severity: 2
  }
  {
    name: 'hub-lost'
    text: 'The task hub or the storage behind it does not answer.'
    events: [2102, 2103, 2108]
    moreThan: 5
    severity: 1
  }
  {
    name: 'remediation-escalated'
    text: 'A remediation or rollback gave up and waits for a person.'
    events: [3500, 3501, 3502]
    moreThan: 0
    severity: 2
  }
  {
    name: 'rolled-back'
    text: 'A deployment is rolled back by itself.'
    events: [3402]
    moreThan: 0
    severity: 1
  }
  {
    name: 'plane-silent'
    text: 'Intune has not answered for an hour.'
    events: [3401]
    moreThan: 0
    severity: 2
  }
  {
    name: 'verification-failed'
    text: 'A log, a pack or an anchor is not what it was.'
    events: [2300, 3300, 3301]
    moreThan: 0
    severity: 0
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${name}-people'
  location: 'global'
  properties: {
    groupShortName: take(name, 12)
    enabled: true
    emailReceivers: [for (each, index) in emails: {
      name: 'mail-${index}'
      emailAddress: each
      useCommonAlertSchema: true
    }]
  }
}

resource rule 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for each in alerts: {
  name: '${name}-${each.name}'
  location: location
  kind: 'LogAlert'
  properties: {
    description: each.text
    severity: each.severity
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    criteria: {
      allOf: [
        {
          query: 'AppTraces | extend event = toint(parse_json(Message).event_id) | where event in (${join(map(each.events, id => string(id)), ', ')})'
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: each.moreThan
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [people.id] }
  }
}]
