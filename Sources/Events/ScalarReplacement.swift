extension String {
    /// The text with each occurrence of these code points replaced, for escaping.
    ///
    /// `replacing(_:with:)` compares characters. A quotation mark with a combining mark behind it is another character, and would stay
    /// as it is; whoever reads the escaped text sees the quotation mark.
    package func replacingScalars(_ old: String, with new: String) -> String {
        String(unicodeScalars.replacing(old.unicodeScalars, with: new.unicodeScalars))
    }
}
