/// A number for each event of a segment, each in as few bytes as the largest needs.
struct PackedColumn {
    /// What must be added to each number.
    let base: Int64
    let width: Int
    let bytes: [UInt8]

    init(base: Int64, width: Int, bytes: [UInt8]) {
        self.base = base
        self.width = width
        self.bytes = bytes
    }

    init<Number: FixedWidthInteger>(packing values: [Number]) {
        var (least, most) = (values.first ?? 0, values.first ?? 0)
        for value in values {
            least = min(least, value)
            most = max(most, value)
        }
        base = Int64(least)
        let span = UInt64(bitPattern: Int64(most) &- base)
        width = span == 0 ? 0 : span <= 0xFF ? 1 : span <= 0xFFFF ? 2 : span <= 0xFFFF_FFFF ? 4 : 8
        bytes =
            switch width {
            case 0: []
            case 1: Self.pack(values, least, as: UInt8.self)
            case 2: Self.pack(values, least, as: UInt16.self)
            case 4: Self.pack(values, least, as: UInt32.self)
            default: Self.pack(values, least, as: UInt64.self)
            }
    }

    private static func pack<Number: FixedWidthInteger, Packed: FixedWidthInteger>(
        _ values: [Number],
        _ base: Number,
        as type: Packed.Type
    ) -> [UInt8] {
        let size = MemoryLayout<Packed>.size
        return [UInt8](unsafeUninitializedCapacity: values.count * size) { memory, count in
            let raw = UnsafeMutableRawBufferPointer(memory)
            for (index, value) in values.enumerated() {
                let packed = Packed(truncatingIfNeeded: value &- base)
                raw.storeBytes(of: packed.littleEndian, toByteOffset: index * size, as: Packed.self)
            }
            count = values.count * size
        }
    }

    /// Goes through the numbers of these rows, in their order or against it.
    func forEach(_ rows: RowSelection, backwards: Bool = false, _ body: (_ row: Int, _ value: Int64) -> Void) {
        switch width {
        case 0: rows.forEach(backwards: backwards) { body($0, base) }
        case 1: forEach(rows, backwards, UInt8.self, body)
        case 2: forEach(rows, backwards, UInt16.self, body)
        case 4: forEach(rows, backwards, UInt32.self, body)
        default: forEach(rows, backwards, UInt64.self, body)
        }
    }

    /// Keeps the rows whose number passes.
    func filter(_ rows: inout RowSelection, by test: NumberTest) {
        switch test {
        case .equals(let value):
            let wanted = UInt64(bitPattern: value &- base)
            keep(&rows) { $0 == wanted }
        case .within(let range):
            // Numbers that are less than the base become very large ones, which no number of the column is.
            let low = range.lowerBound <= base ? 0 : UInt64(bitPattern: range.lowerBound &- base)
            if range.upperBound < base { return rows = .none }
            let high = UInt64(bitPattern: range.upperBound &- base)
            keep(&rows) { $0 >= low && $0 <= high }
        case .among(let numbers):
            let base = Int(base)
            numbers.withUnsafeBufferPointer { numbers in
                keep(&rows) { value in
                    let index = Int(truncatingIfNeeded: value) + base
                    return index < numbers.count && numbers[index]
                }
            }
        }
    }

    @inline(__always)
    private func forEach<Packed: FixedWidthInteger & UnsignedInteger>(
        _ rows: RowSelection,
        _ backwards: Bool,
        _ type: Packed.Type,
        _ body: (_ row: Int, _ value: Int64) -> Void
    ) {
        bytes.withUnsafeBytes { raw in
            rows.forEach(backwards: backwards) { row in
                let packed = raw.loadUnaligned(fromByteOffset: row * MemoryLayout<Packed>.size, as: Packed.self)
                body(row, base &+ Int64(truncatingIfNeeded: Packed(littleEndian: packed)))
            }
        }
    }

    @inline(__always)
    private func keep(_ rows: inout RowSelection, where test: (UInt64) -> Bool) {
        switch width {
        case 0: if !test(0) { rows = .none }
        case 1: keep(&rows, UInt8.self, test)
        case 2: keep(&rows, UInt16.self, test)
        case 4: keep(&rows, UInt32.self, test)
        default: keep(&rows, UInt64.self, test)
        }
    }

    @inline(__always)
    private func keep<Packed: FixedWidthInteger & UnsignedInteger>(
        _ rows: inout RowSelection,
        _ type: Packed.Type,
        _ test: (UInt64) -> Bool
    ) {
        bytes.withUnsafeBytes { raw in
            rows.keep { row in
                let packed = raw.loadUnaligned(fromByteOffset: row * MemoryLayout<Packed>.size, as: Packed.self)
                return test(UInt64(truncatingIfNeeded: Packed(littleEndian: packed)))
            }
        }
    }
}

/// What a number must be.
enum NumberTest {
    case equals(Int64)
    case within(ClosedRange<Int64>)
    /// One whose place in the list says so. Numbers are not negative.
    case among([Bool])
}
