/// One JSON value that has been checked, kept byte for byte as received.
///
/// Numbers keep their digits and strings their escapes, because the value is never decoded and written again.
package struct JSONText: Sendable, Equatable {
    /// The value's bytes, without whitespace around it. May share its storage with the request body it came in.
    package let bytes: ArraySlice<UInt8>

    /// - Parameter bytes: exactly one valid JSON value, as a reader of the `JSON` module delimits it.
    package init(checked bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    /// - Parameter text: exactly one valid JSON value.
    package init(checked text: String) {
        bytes = Array(text.utf8)[...]
    }
}

extension JSONText: CustomStringConvertible {
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
