/// A value that goes with a statement, in PostgreSQL's binary form.
///
/// Each carries its type, so that a statement needs no cast for it; nil is the `NULL` of that type.
enum Parameter: Sendable, Equatable {
    case bool(Bool?)
    case int2(Int16?)
    case int4(Int32?)
    case int8(Int64?)
    case float8(Double?)
    case text(String?)
    case bytea([UInt8]?)
    case bools([Bool?]?)
    case int2s([Int16?]?)
    case int4s([Int32?]?)
    case int8s([Int64?]?)
    case texts([String?]?)
    case byteas([[UInt8]?]?)

    /// The number of the type in the database's catalog; the same in every PostgreSQL.
    var type: UInt32 {
        switch self {
        case .bool: 16
        case .int2: 21
        case .int4: 23
        case .int8: 20
        case .float8: 701
        case .text: 25
        case .bytea: 17
        case .bools: 1000
        case .int2s: 1005
        case .int4s: 1007
        case .int8s: 1016
        case .texts: 1009
        case .byteas: 1001
        }
    }

    /// The value's bytes; nil for `NULL`.
    var encoded: [UInt8]? {
        switch self {
        case .bool(let value): value.map { [$0 ? 1 : 0] }
        case .int2(let value): value.map(Self.bytes)
        case .int4(let value): value.map(Self.bytes)
        case .int8(let value): value.map(Self.bytes)
        case .float8(let value): value.map { Self.bytes($0.bitPattern) }
        case .text(let value): value.map { Array($0.utf8) }
        case .bytea(let value): value
        case .bools(let values): values.map { Self.array($0, of: 16, size: 1) { $1.append($0 ? 1 : 0) } }
        case .int2s(let values): values.map { Self.array($0, of: 21, size: 2, Self.append) }
        case .int4s(let values): values.map { Self.array($0, of: 23, size: 4, Self.append) }
        case .int8s(let values): values.map { Self.array($0, of: 20, size: 8, Self.append) }
        case .texts(let values): values.map { Self.array($0, of: 25, size: 16) { $1.append(contentsOf: $0.utf8) } }
        case .byteas(let values): values.map { Self.array($0, of: 17, size: 64) { $1.append(contentsOf: $0) } }
        }
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }

    private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// An array with one dimension: its header, then each element's length and bytes.
    private static func array<Element>(
        _ elements: [Element?],
        of type: Int32,
        size: Int,
        _ write: (Element, inout [UInt8]) -> Void
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20 + elements.count * (4 + size))
        append(Int32(elements.isEmpty ? 0 : 1), to: &bytes)
        append(Int32(1), to: &bytes)
        append(type, to: &bytes)
        guard !elements.isEmpty else { return bytes }
        append(Int32(elements.count), to: &bytes)
        append(Int32(1), to: &bytes)
        for element in elements {
            guard let element else {
                append(Int32(-1), to: &bytes)
                continue
            }
            let start = bytes.count
            append(Int32(0), to: &bytes)
            write(element, &bytes)
            let length = Int32(bytes.count - start - 4)
            withUnsafeBytes(of: length.bigEndian) { bytes.replaceSubrange(start..<(start + 4), with: $0) }
        }
        return bytes
    }
}
