/// What events have in common that were accepted together: who sent them, when they came, and where they go.
///
/// Each request has an object of its own, though tenant and plan are the same for many: references from thousands of events to one
/// object would be counted by all threads at one place in memory, and each count would wait for the others.
package final class Submission: Sendable {
    package let tenant: TenantID
    package let client: ClientName
    package let acceptedAt: Timestamp
    package let plan: Plan

    package init(tenant: TenantID, client: ClientName, acceptedAt: Timestamp, plan: Plan) {
        self.tenant = tenant
        self.client = client
        self.acceptedAt = acceptedAt
        self.plan = plan
    }
}
