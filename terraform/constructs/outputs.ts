import { ComplexList, ComplexMap, type ComplexObject, type IInterpolatingParent } from 'cdktf';

/** The class of references to one element. */
type OutputClass<T extends ComplexObject> = new (
  parent: IInterpolatingParent,
  attribute: string,
  fromSet: boolean,
  index: number | string,
) => T;

/** References to the elements of a map of objects. */
export class OutputMap<T extends ComplexObject> extends ComplexMap {
  readonly #element: OutputClass<T>;

  constructor(parent: IInterpolatingParent, attribute: string, element: OutputClass<T>) {
    super(parent, attribute);
    this.#element = element;
  }

  get(key: string): T {
    // The library writes the index as it is: `parts[left]` would be a reference to something called `left`.
    return new this.#element(this.terraformResource, this.terraformAttribute, false, JSON.stringify(key));
  }
}

/** References to the elements of a list or set of objects. */
export class OutputList<T extends ComplexObject> extends ComplexList {
  readonly #element: OutputClass<T>;

  constructor(parent: IInterpolatingParent, attribute: string, fromSet: boolean, element: OutputClass<T>) {
    super(parent, attribute, fromSet);
    this.#element = element;
  }

  get(index: number): T {
    return new this.#element(this.terraformResource, this.terraformAttribute, this.wrapsSet, index);
  }
}
