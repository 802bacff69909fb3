/// The form for a client's key.
package struct SignInPage: PageContent {
    package static let template = "SignIn"
    package let title = "Sign in"
    /// What was wrong with the last try; empty if there was none.
    let fault: String?
    /// Where to go afterwards.
    let destination: String
    let isSandbox: Bool
    let demoKey: String

    /// - Parameters:
    ///   - fault: what was wrong with the last try.
    ///   - destination: the page that was asked for; any but one of the dashboard's becomes the Overview.
    ///   - demoKey: the sandbox's well-known key; nil elsewhere.
    package init(fault: String? = nil, destination: String, demoKey: String? = nil) {
        self.fault = fault
        self.destination = Self.safe(destination)
        isSandbox = demoKey != nil
        self.demoKey = demoKey ?? ""
    }

    /// The address if it is one of the dashboard's own pages, else the Overview: a link must not lead elsewhere through the sign-in.
    package static func safe(_ address: String) -> String {
        let path = address.prefix { $0 != "?" && $0 != "#" }
        let isOwn = path == "/dashboard" || path.hasPrefix("/dashboard/")
        let isPlain = address.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }
        let isSessions = path == "/dashboard/sign-in" || path == "/dashboard/sign-out"
        // Browsers take an encoded dot for a dot where it leads to the folder above.
        let leadsUp = path.replacing("%2e", with: ".").replacing("%2E", with: ".").contains("/..")
        return isOwn && isPlain && !isSessions && !leadsUp && address.utf8.count <= 2000 ? address : "/dashboard"
    }
}
