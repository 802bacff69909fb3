import Client
import JSON

/// Reads the events of a table, row by row.
struct TableReader: FileEventReading {
    private var rows: CSVReader
    private var maker: ImportMaker
    private let map: FieldMap
    private let tally: ImportTally
    /// The names of the columns, from the first row; nil before it.
    private var columns: [String]?

    init(_ rows: CSVReader, map: FieldMap, maker: ImportMaker, tally: ImportTally) {
        self.rows = rows
        self.map = map
        self.maker = maker
        self.tally = tally
    }

    var bytesRead: Int { rows.bytesRead }

    mutating func next() throws(FileFailure) -> EventFileReader.Item? {
        while let item = try rows.next() {
            switch item {
            case .fault(let fault):
                tally.countFault()
                return .fault(fault)
            case .record(let record):
                guard let columns else {
                    self.columns = try names(record)
                    continue
                }
                if let event = event(record, columns) { return event }
            }
        }
        return nil
    }

    private mutating func event(_ record: CSVReader.Record, _ columns: [String]) -> EventFileReader.Item? {
        let position = FilePosition(line: record.line)
        guard record.fields.count == columns.count else {
            tally.countFault()
            let message = "the row has \(record.fields.count) fields, and there are \(columns.count) columns"
            return .fault(FileFault(position, message))
        }
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        for (column, field) in zip(columns, record.fields) { writer.member(column, string: field) }
        writer.endObject()
        do throws(JSONError) {
            return maker.item(try JSONDocument(parsing: writer.bytes).root, at: position)
        } catch {
            tally.countFault()
            return .fault(FileFault(position, error.message))
        }
    }

    private func names(_ record: CSVReader.Record) throws(FileFailure) -> [String] {
        let names = record.fields
        if let empty = names.firstIndex(of: "") {
            throw .unsupported("column \(empty + 1) of the first row has no name; the first row must name the columns")
        }
        if Set(names.map { Array($0.utf8) }).count < names.count {
            throw .unsupported("two columns of the first row have the same name")
        }
        if map["properties"] != nil {
            throw .unsupported("--map properties: a table has a column for each property; leave it out")
        }
        // Byte for byte, as fields are found in a row.
        for (field, name) in map.mapped where !names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
            throw .unsupported(
                "--map \(field)=\(name): there is no such column; there are \(names.joined(separator: ", "))"
            )
        }
        return names
    }
}
