// Reads one JSON document from stdin: a list of jobs, each with the policies of one identity and the requests it makes.
// Writes a list of lists: for every request of every job "allowed", "denied", or why it cannot be a request.
import { runSimulation } from '@cloud-copilot/iam-simulate'

const ACCOUNT = '123456789012'

// IAM policies reach a key only where the key's own policy lets the account decide; that of new keys does.
const KEY_POLICY = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' },
  ],
}

async function decide(identityPolicies, request) {
  const simulation = {
    request: {
      principal: `arn:aws:iam::${ACCOUNT}:role/deployed`,
      action: request.action,
      resource: { resource: request.resource, accountId: request.account ?? ACCOUNT },
      contextVariables: request.context,
    },
    identityPolicies,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    resourcePolicy: request.action.startsWith('kms:') ? KEY_POLICY : undefined,
  }
  const result = await runSimulation(simulation, {})
  if (result.resultType === 'error') return `error: ${JSON.stringify(result.errors)}`
  return result.overallResult === 'Allowed' ? 'allowed' : 'denied'
}

let text = ''
for await (const chunk of process.stdin) text += chunk
const answers = []
for (const job of JSON.parse(text)) {
  const policies = Object.entries(job.policies).map(([name, policy]) => ({ name, policy }))
  const decisions = []
  for (const request of job.requests) decisions.push(await decide(policies, request))
  answers.push(decisions)
}
process.stdout.write(JSON.stringify(answers))
