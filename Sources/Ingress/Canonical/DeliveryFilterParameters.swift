import Events
import Journal

/// Deliveries by the parameters of a query. The filter of a retry or discard has the same names in JSON.
extension DeliveryFilter {
    static let parameterNames: Set<String> = [
        "provider", "status", "name", "customer_id", "error_code", "accepted_from", "accepted_until",
    ]

    init(_ parameters: ListParameters, tenant: TenantID) throws(Problem) {
        self.init(tenant: tenant)
        providers = parameters.all("provider").map { ProviderName($0) }
        statuses = try parameters.choices("status", as: DeliveryStatus.self)
        names = parameters.all("name")
        customerIDs = parameters.all("customer_id")
        errorCodes = try parameters.choices("error_code", as: DeliveryErrorCode.self)
        (acceptedFrom, acceptedBefore) = try parameters.window("accepted_from", "accepted_until")
    }

    /// - Throws: ``Problem`` if the window of acceptance ends before it begins.
    func checkWindow() throws(Problem) {
        guard let acceptedFrom, let acceptedBefore, acceptedBefore < acceptedFrom else { return }
        throw .badParameter("accepted_until", "is before \"accepted_from\"")
    }
}
