/// What a file holds whose events are imported.
package enum ImportFormat: String, CaseIterable, Sendable {
    /// Lists of events as the vendors' APIs show them: whole pages, or their events one after another.
    case lago, polar, flexprice, stripe, openmeter
    /// A table whose first row names the columns.
    case csv
    /// Objects, one after another.
    case ndjson

    /// The adapter of the vendor that the file is from; nil if the gateway has none, or the file does not tell.
    package var vendor: String? {
        switch self {
        case .lago, .polar, .flexprice: rawValue
        case .stripe, .openmeter, .csv, .ndjson: nil
        }
    }

    /// The member of a page that holds its events.
    var listName: String {
        switch self {
        case .lago, .flexprice, .ndjson, .csv: "events"
        case .polar, .openmeter: "items"
        case .stripe: "data"
        }
    }

    /// Reads one event of the file.
    /// - Parameter idProperty: the property in which Polar's events have the ID that the gateway sent them with.
    func reading(idProperty: String?) -> any RowReading {
        switch self {
        case .lago: LagoRows()
        case .polar: PolarRows(idProperty: idProperty)
        case .flexprice: FlexpriceRows()
        case .stripe: StripeRows()
        case .openmeter: OpenMeterRows()
        case .csv: TableRows()
        case .ndjson: CanonicalRows()
        }
    }
}
