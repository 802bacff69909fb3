package import Events

/// Which events of a file are imported, and how its fields are read.
package struct ImportOrder: Sendable {
    package let format: ImportFormat
    package let map: FieldMap
    package let clock: ImportClock
    /// Events before it are left out.
    package let from: Timestamp?
    /// Events at it and after it are left out.
    package let until: Timestamp?
    /// The property in which Polar's events have the ID that the gateway sent them with; nil if they have none.
    package let idProperty: String?

    package init(
        format: ImportFormat,
        map: FieldMap = FieldMap(),
        clock: ImportClock = ImportClock(zone: nil),
        from: Timestamp? = nil,
        until: Timestamp? = nil,
        idProperty: String? = nil
    ) {
        self.idProperty = idProperty
        self.format = format
        self.map = map
        self.clock = clock
        self.from = from
        self.until = until
    }

    /// Why an event of this time is left out; nil if it is not.
    func omission(_ time: Timestamp) -> String? {
        if let from, time < from { return "events before --from" }
        if let until, time >= until { return "events at or after --until" }
        return nil
    }
}
