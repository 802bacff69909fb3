/// The header fields that every answer below `/dashboard` has.
package enum PageHeaders {
    /// What a page may load and do: nothing but its own files, with no script or style in its text.
    package static let contentSecurityPolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'",
        "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "trusted-types dashboard",
        "require-trusted-types-for 'script'",
    ].joined(separator: "; ")

    /// Names and values.
    ///
    /// The referrer goes to the dashboard itself only. With `no-referrer`, browsers would send `Origin: null` with its own forms (Fetch,
    /// "append a request Origin header"), and ``WriteRule`` could not tell them from others where `Sec-Fetch-Site` is absent.
    package static let always: [(name: String, value: String)] = [
        ("Content-Security-Policy", contentSecurityPolicy),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    ]

    /// How long a page may be kept: not at all, since it shows what only the one who signed in may see.
    package static let pageCaching = "no-store"
    /// How long a file may be kept: its name changes with its content.
    package static let fileCaching = "public, max-age=31536000, immutable"
}
