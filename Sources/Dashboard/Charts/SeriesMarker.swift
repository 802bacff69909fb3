/// The shapes that distinguish series beside their colours.
enum SeriesMarker {
    /// Around the origin, about nine units wide.
    private static let paths = [
        "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
        "M-3.5-3.5h7v7h-7z",
        "M0-4.5L4.5 3.5H-4.5z",
        "M0-5L5 0L0 5L-5 0z",
        "M0 4.5L4.5-3.5H-4.5z",
        "M-1.5-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z",
        "M-4.5-2.5l2-2L0-2l2.5-2.5l2 2L2 0l2.5 2.5l-2 2L0 2l-2.5 2.5l-2-2L-2 0z",
        "M-4 4L-4-4L0-1L4-4L4 4L0 1z",
    ]

    static var count: Int { paths.count }

    /// Path data for a slot.
    static func path(_ slot: Int) -> String { paths[((slot % count) + count) % count] }
}
