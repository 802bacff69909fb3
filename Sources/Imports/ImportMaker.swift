import Client
import JSON

/// Makes the gateway's events of a file's rows.
struct ImportMaker: FileValueReading {
    private let order: ImportOrder
    private let reading: any RowReading
    private let tally: ImportTally
    private var maker: FileEventMaker

    var listNames: [String] { [order.format.listName] }

    init(_ order: ImportOrder, maker: FileEventMaker, tally: ImportTally) {
        self.order = order
        self.maker = maker
        self.tally = tally
        reading = order.format.reading(idProperty: order.idProperty)
    }

    mutating func item(_ value: JSONValue, at position: FilePosition) -> EventFileReader.Item? {
        guard value.kind == .object else {
            return fault("expected an event, which is a JSON object, found \(value.kind.phrase)", at: position)
        }
        do throws(RowFault) {
            switch try reading.event(Row(value: value, map: order.map, clock: order.clock)) {
            case .omitted(let reason): tally.omit(reason)
            case .event(let event):
                if let reason = order.omission(event.timestamp) {
                    tally.omit(reason)
                } else {
                    return item(event, at: position)
                }
            }
            return nil
        } catch {
            return fault(error.message, at: position)
        }
    }

    private mutating func item(_ event: ImportedEvent, at position: FilePosition) -> EventFileReader.Item? {
        do throws(JSONError) {
            let item = maker.item(try JSONDocument(parsing: event.json).root, at: position)
            guard case .event(var made)? = item else {
                tally.countFault()
                return item
            }
            tally.count(event)
            made.identity = event.identity
            return .event(made)
        } catch {
            return fault(error.message, at: position)
        }
    }

    private func fault(_ message: String, at position: FilePosition) -> EventFileReader.Item {
        tally.countFault()
        return .fault(FileFault(position, message))
    }
}
