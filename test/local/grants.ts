/** Policies taken apart into what they grant: one principal, one action, one resource each. */
import type { Policies, PolicyStatement } from '../../local/permissions.ts';

export interface Grant {
  /** Whose policy says it: a role's ARN, or the ARN of a queue, topic, bucket or role that others may use. */
  of: string;
  kind: 'roles' | 'resources';
  statement: PolicyStatement;
  /** In a resource's policy: the service, or `*`. */
  principal: string | null;
  action: string;
  resource: string;
}

export function grantsOf(policies: Policies): Grant[] {
  return (['roles', 'resources'] as const).flatMap((kind) =>
    Object.entries(policies[kind]).flatMap(([of, statements]) =>
      statements
        .filter(({ Effect }) => Effect === 'Allow')
        .flatMap((statement) =>
          principals(statement).flatMap((principal) =>
            [statement.Action]
              .flat()
              .flatMap((action) =>
                [statement.Resource]
                  .flat()
                  .map((resource) => ({ of, kind, statement, principal, action, resource })),
              ),
          ),
        ),
    ),
  );
}

/** The same policies, but for the grant. */
export function without(policies: Policies, { of, kind, statement, principal, action, resource }: Grant) {
  const others = <T>(all: T[], one: T) => all.filter((each) => each !== one);
  const [actions, resources] = [[statement.Action].flat(), [statement.Resource].flat()];
  const rest: PolicyStatement[] = [
    ...others(principals(statement), principal).map((other) => ({ ...statement, ...asPrincipal(other) })),
    { ...statement, ...asPrincipal(principal), Action: others(actions, action) },
    { ...statement, ...asPrincipal(principal), Action: action, Resource: others(resources, resource) },
  ];
  const statements = (policies[kind][of] ?? []).flatMap((each) => (each === statement ? rest : [each]));
  return { ...policies, [kind]: { ...policies[kind], [of]: statements } } satisfies Policies;
}

export function spelled({ of, principal, action, resource }: Grant): string {
  return `${principal === null ? of : `${principal}, by ${of}`}: ${action} on ${resource}`;
}

function principals({ Principal }: PolicyStatement): (string | null)[] {
  if (typeof Principal !== 'object') return [Principal ?? null];
  return [Principal.Service ?? [], Principal.AWS ?? []].flat();
}

function asPrincipal(principal: string | null): Pick<PolicyStatement, 'Principal'> {
  if (principal === null) return {};
  return { Principal: /\.amazonaws\.com$/.test(principal) ? { Service: principal } : { AWS: principal } };
}
