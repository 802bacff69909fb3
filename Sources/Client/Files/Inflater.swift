import CZlib

/// Unpacks gzip data that comes in pieces, also several members one after the other, as appended logs have them.
final class Inflater {
    private var stream = z_stream()
    /// Whether the last member has ended.
    private(set) var isAtEnd = false
    /// Whether the data stopped being gzip; nothing more comes then.
    private(set) var isDamaged = false

    init() throws(FileFailure) {
        // 16 above the window size: gzip framing, with its checksum.
        let result = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard result == Z_OK else {
            throw .unreadable(reason: "gzip data cannot be decompressed (zlib error \(result))")
        }
    }

    deinit {
        inflateEnd(&stream)
    }

    /// Unpacks one piece: all of it, or what comes before the damage.
    func unpack(_ piece: [UInt8]) -> [UInt8] {
        var piece = piece
        var unpacked: [UInt8] = []
        piece.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            while stream.avail_in > 0, !isDamaged {
                if isAtEnd {
                    isDamaged = inflateReset(&stream) != Z_OK
                    isAtEnd = false
                }
                if !isDamaged { isDamaged = !step(&unpacked) }
            }
        }
        return unpacked
    }

    /// Unpacks as much as fits one buffer; false if the data is damaged.
    private func step(_ unpacked: inout [UInt8]) -> Bool {
        var result = Z_OK
        let buffer = [UInt8](unsafeUninitializedCapacity: 256 << 10) { output, count in
            stream.next_out = output.baseAddress
            stream.avail_out = UInt32(output.count)
            result = inflate(&stream, Z_NO_FLUSH)
            count = output.count - Int(stream.avail_out)
        }
        unpacked += buffer
        isAtEnd = result == Z_STREAM_END
        return result == Z_OK || result == Z_STREAM_END
    }
}
