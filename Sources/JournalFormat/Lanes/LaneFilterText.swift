import Events
import Foundation
package import Journal

/// A lane's filter as JSON.
package enum LaneFilterText {
    private struct Members: Codable {
        var tenant: String?
        var names: [String]
        var customers: [String]
        var from: Int64?
        var until: Int64?
    }

    /// As a row has it.
    package static func encode(_ filter: LaneFilter) throws -> [UInt8] {
        let members = Members(
            tenant: filter.tenant?.rawValue,
            names: filter.names,
            customers: filter.customerIDs,
            from: filter.from?.milliseconds,
            until: filter.until?.milliseconds
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try [UInt8](encoder.encode(members))
    }

    /// Reads what ``encode(_:)`` has written.
    package static func decode(_ bytes: [UInt8]) throws -> LaneFilter {
        let members = try JSONDecoder().decode(Members.self, from: Data(bytes))
        return LaneFilter(
            tenant: members.tenant.map { TenantID($0) },
            names: members.names,
            customerIDs: members.customers,
            from: members.from.map { Timestamp(milliseconds: $0) },
            until: members.until.map { Timestamp(milliseconds: $0) }
        )
    }
}
