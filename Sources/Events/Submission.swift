/// What events that were accepted together have in common: who sent them, when they arrived, and where they go.
///
/// Each request has its own object, even though tenant and plan are the same for many: if thousands of events referred to one object, all
/// threads would contend for its reference count.
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
