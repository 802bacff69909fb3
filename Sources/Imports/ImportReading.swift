package import Client

extension ImportOrder {
    /// The events of a file, in the gateway's own shape, one after another.
    /// - Parameters:
    ///   - source: sets the IDs that are made for rows without one apart from other files'.
    ///   - largestEventBytes: an event with more bytes is a fault.
    ///   - tally: is reset, and counts what is read.
    package func reader(
        of bytes: FileBytes,
        source: String,
        largestEventBytes: Int,
        tally: ImportTally
    ) -> any FileEventReading {
        tally.reset()
        let events = FileEventMaker(source: source, requiresIDs: false, largestBytes: largestEventBytes)
        let maker = ImportMaker(self, maker: events, tally: tally)
        return switch format {
        case .csv: TableReader(CSVReader(bytes), map: map, maker: maker, tally: tally)
        case .lago, .polar, .flexprice, .stripe, .openmeter, .ndjson: EventFileReader(bytes, values: maker)
        }
    }
}
