import type { ProductView } from "../catalogue/products";
import type { Page } from "../paging";
import { findCustomers } from "./find-customers";
import { findProducts } from "./find-products";
import { forgetCustomer, indexCustomer } from "./index-customers";

export interface SearchQuery {
  q: string;
  limit: number;
  /** Of an earlier page; belongs to the search that gave it out. */
  cursor?: string;
}

export interface CustomerView {
  id: string;
  email: string;
  name: string;
  role: string;
  /** Orders placed with the address of the account. */
  orders: number;
  createdAt: Date;
}

/** A customer as the index holds it. `version` is when it was last changed: an older state never replaces a newer one. */
export interface CustomerDocument {
  id: string;
  name: string;
  email: string;
  version: Date;
}

/**
 * What the shop asks of a search. PostgreSQL answers it here; a search server would by another object of this shape, chosen in
 * `search`, and `index-user` would feed it as it feeds this one.
 */
export interface Search {
  /** Products on sale that hold every word, the best first; what resembles the words comes after what holds them. */
  products(query: SearchQuery): Promise<Page<ProductView>>;
  /** Users by name or address, by the same rule. */
  customers(query: SearchQuery): Promise<Page<CustomerView>>;
  indexCustomer(document: CustomerDocument): Promise<void>;
  forgetCustomer(id: string): Promise<void>;
}

const postgres: Search = { products: findProducts, customers: findCustomers, indexCustomer, forgetCustomer };

/** The search that is in use. */
export const search = (): Search => postgres;
