import { IconChevronRight } from '@tabler/icons-react';
import { Fragment, type ReactNode } from 'react';
import { Link } from 'react-router';
import classes from './page.module.css';

interface Crumb {
  readonly label: string;
  readonly to: string;
}

interface PageHeaderProps {
  readonly title: ReactNode;
  readonly crumbs?: readonly Crumb[];
  /** Tags beside the title. */
  readonly tags?: ReactNode;
  readonly sub?: ReactNode;
  readonly actions?: ReactNode;
}

function Crumbs({ crumbs }: { readonly crumbs: readonly Crumb[] }) {
  return (
    <nav aria-label="You are here" className={classes.crumbs}>
      {crumbs.map((crumb, index) => (
        <Fragment key={crumb.to}>
          {index > 0 && <IconChevronRight size={12} aria-hidden />}
          <Link to={crumb.to}>{crumb.label}</Link>
        </Fragment>
      ))}
      <IconChevronRight size={12} aria-hidden />
    </nav>
  );
}

/** The head of a page: where one is, what it is, how it stands, what can be done. */
export function PageHeader({ title, crumbs, tags, sub, actions }: PageHeaderProps) {
  return (
    <header className={classes.header}>
      <div className={classes.headings}>
        {crumbs && <Crumbs crumbs={crumbs} />}
        <div className={classes.titleLine}>
          <h1>{title}</h1>
          {tags}
        </div>
        {sub && <div className={classes.sub}>{sub}</div>}
      </div>
      {actions && <div className={classes.actions}>{actions}</div>}
    </header>
  );
}

interface SectionProps {
  readonly title: ReactNode;
  readonly aside?: ReactNode;
  readonly id?: string;
  /** Content that brings its own padding, such as rows. */
  readonly flush?: boolean;
  readonly children: ReactNode;
}

/** A titled panel. */
export function Section({ title, aside, id, flush, children }: SectionProps) {
  return (
    <section className={classes.section} {...(id !== undefined && { id })}>
      <div className={classes.sectionHead}>
        <h2>{title}</h2>
        {aside && <div className={classes.aside}>{aside}</div>}
      </div>
      <div className={flush ? '' : classes.sectionBody}>{children}</div>
    </section>
  );
}

/** Terms and what they stand for, in two columns. */
export function Facts({ rows }: { readonly rows: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className={classes.facts}>
      {rows.map(([term, value]) => (
        <Fragment key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
