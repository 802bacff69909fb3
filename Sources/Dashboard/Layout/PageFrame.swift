package import Access
import Events
package import Reports

/// What is around the content of every page.
package struct PageFrame: Sendable {
    /// An entry of the menu.
    struct MenuItem: Sendable {
        let label: String
        let href: String
        let isCurrent: Bool
        /// Whether the count of problems stands beside it.
        let isCounted: Bool
    }

    /// Who is signed in.
    struct Visitor: Sendable {
        let client: String
        let tenant: String
        /// Whether the tenant's name says more than the client's.
        let hasOtherTenant: Bool
    }

    let environment: String?
    let isSandbox: Bool
    let visitor: Visitor?
    let menu: [MenuItem]
    /// How many deliveries wait for a person; nil if none does, or if that is not known.
    let problemCount: String?
    /// The folder of the assets.
    let assets = AssetFiles.folder

    /// - Parameters:
    ///   - environment: the name of the installation, of `--dashboard-title`; nil if it has none.
    ///   - client: who is signed in; nil on pages that need nobody.
    ///   - current: the screen that the page belongs to.
    ///   - problems: of the client's tenant; nil if they are unknown, or if the client is not allowed to see them.
    package init(
        environment: String?,
        isSandbox: Bool,
        client: Client?,
        current: Screen?,
        problems: ProblemCount? = nil
    ) {
        self.environment = environment ?? (isSandbox ? "sandbox" : nil)
        self.isSandbox = isSandbox
        visitor = client.map { client in
            let (name, tenant) = (client.name.rawValue, client.tenant.rawValue)
            return Visitor(client: name, tenant: tenant, hasOtherTenant: name != tenant)
        }
        menu = Screen.allCases.compactMap { screen in
            guard let client, screen.scope.map(client.may) ?? true else { return nil }
            return MenuItem(
                label: screen.title,
                href: screen.path,
                isCurrent: screen == current,
                isCounted: screen == .problems
            )
        }
        problemCount = problems.flatMap { problems in
            guard problems.deliveries > 0 else { return nil }
            return PlainNumbers.count(problems.deliveries) + (problems.isLeast ? "+" : "")
        }
    }
}
